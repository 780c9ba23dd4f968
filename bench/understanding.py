"""`make eval`: how well the evaluation sets are understood, with pictures and the worst mistakes in `var/eval/`."""

import asyncio
import sys
from pathlib import Path

import matplotlib as mpl
import numpy as np
import yaml

from bench import homophones
from bench.evaluation import SETS, Answer, answers, cases, figures
from bench.house import PYTHON, ROOT
from bot.rasa_process import ensure_model
from bot.understand import classifier_of, tagger_of
from intents.catalog import load_catalog

mpl.use("Agg")
import matplotlib.pyplot as plt

FLOORS = Path(__file__).parent / "data" / "floors.yml"
WORST = 20
BINS = 10


def main() -> int:
    """Prints every figure; exit status 1 when one is below its floor by more than the margin."""
    model = asyncio.run(ensure_model(ROOT / "var", PYTHON, print))
    classifier, tagger = classifier_of(model), tagger_of(model)
    catalog = load_catalog()
    floors = yaml.safe_load(FLOORS.read_text(encoding="utf-8"))
    folder = ROOT / "var" / "eval"
    folder.mkdir(parents=True, exist_ok=True)
    fallen: list[str] = []
    for name in SETS:
        told = answers(cases(name), catalog, classifier, tagger)
        found = figures(told, catalog)
        print(f"\n{name}: {len(told)} texts")
        for figure, (share, count) in found.shares.items():
            print(f"{figure:24s} {share:6.1%}   of {count}")
        confusion(told, folder / f"{name}-confusion.png")
        reliability(told, folder / f"{name}-reliability.png")
        worst(told, folder / f"{name}-worst.txt")
        fallen += [
            f"{name}: {figure} fell to {found.shares[figure][0]:.1%}, it was {floor:.1%}"
            for figure, floor in floors[name].items()
            if found.shares[figure][0] < floor - floors["margin"]
        ]
    homophones.main()
    print(f"\npictures and the {WORST} worst mistakes: {folder}")
    for line in fallen:
        print(line, file=sys.stderr)
    return int(bool(fallen))


def confusion(told: list[Answer], path: Path) -> None:
    """Which topic was taken for which."""
    names = sorted({a.case.topic for a in told} | {a.heard.topics[0].label for a in told})
    counts = np.zeros((len(names), len(names)), int)
    for a in told:
        counts[names.index(a.case.topic), names.index(a.heard.topics[0].label)] += 1
    figure, axes = plt.subplots(figsize=(11, 10))
    axes.imshow(counts / np.maximum(counts.sum(axis=1, keepdims=True), 1), cmap="Blues", vmin=0, vmax=1)
    axes.set_xticks(range(len(names)), names, rotation=90)
    axes.set_yticks(range(len(names)), names)
    axes.set_xlabel("understood as")
    axes.set_ylabel("is")
    for row, column in zip(*np.nonzero(counts), strict=True):
        axes.text(column, row, counts[row, column], ha="center", va="center", fontsize=7)
    figure.tight_layout()
    figure.savefig(path, dpi=120)
    plt.close(figure)


def reliability(told: list[Answer], path: Path) -> None:
    """How often guesses of each confidence are right."""
    confidence = np.array([a.heard.topics[0].confidence for a in told])
    right = np.array([a.right for a in told])
    bins = np.minimum((confidence * BINS).astype(int), BINS - 1)
    used = [b for b in range(BINS) if (bins == b).any()]
    figure, axes = plt.subplots(figsize=(5, 5))
    axes.plot([0, 1], [0, 1], color="grey", linestyle=":")
    axes.plot([confidence[bins == b].mean() for b in used], [right[bins == b].mean() for b in used], marker="o")
    for b in used:
        axes.annotate(str((bins == b).sum()), (confidence[bins == b].mean(), right[bins == b].mean()), fontsize=8)
    axes.set_xlabel("confidence")
    axes.set_ylabel("share that is right")
    figure.tight_layout()
    figure.savefig(path, dpi=120)
    plt.close(figure)


def worst(told: list[Answer], path: Path) -> None:
    """The mistakes that were surest of themselves, in words."""
    wrong = sorted((a for a in told if not a.right), key=lambda a: -a.heard.topics[0].confidence)
    lines = [
        f"{a.heard.topics[0].confidence:.2f} {a.heard.topics[0].label} ← {a.case.topic}: {a.case.text}" for a in wrong
    ]
    path.write_text("\n".join(lines[:WORST]) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
