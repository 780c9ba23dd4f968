"""Makes both models of asr/demo. Needs no network; under an hour on 2 cores.

.speech-venv/bin/python -m asr.training.make              # everything
.speech-venv/bin/python -m asr.training.make acoustic     # or one step: acoustic, graph, whisper
"""

import argparse
import random
from collections import defaultdict
from pathlib import Path

from asr.training import acoustic, features, graph, ngram
from asr.training.corpus import labelled
from asr.training.kaldi import write_model
from asr.training.lexicon import SILENCE, phones_of, syllables
from asr.training.sentences import Grammar, place_names, texts

ROOT = Path(__file__).resolve().parents[2]
DEMO = ROOT / "asr" / "demo"
WORK = ROOT / "var" / "training" / "speech"
TEXTS = tuple(sorted((ROOT / "intents" / "nlu").glob("*.txt")))
PLACES = tuple(sorted((ROOT / "intents" / "gazetteer" / "data").glob("*.yml")))
MODEL_CONF = """--min-active=200
--max-active=5000
--beam=15.0
--lattice-beam=6.0
--acoustic-scale=0.5
--frame-subsampling-factor=3
--endpoint.silence-phones=1
--endpoint.rule2.min-trailing-silence=5.0
--endpoint.rule3.min-trailing-silence=5.0
--endpoint.rule4.min-trailing-silence=10.0
"""
"""The endpointing of asr/endpointing.py decides when somebody has finished; Kaldi's own only must not come before it."""

SPOKEN = 20_000
"""Sentences that the acoustic model hears."""

STEPS = 14_000
PATTERNS = 60_000
"""Sentences of the grammar that the language model reads, each counting for PATTERN_WEIGHT."""

PATTERN_WEIGHT, TEXT_WEIGHT = 0.35, 1.0
ORDER = 4
LEAST = {3: 1.5, 4: 1.9}


def grammar(seed: int) -> Grammar:
    """The patterns, with the project's places."""
    return Grammar([name for name in place_names(PLACES) if len(name) <= 8], seed)


def clauses() -> list[str]:
    """All clauses of the project's training utterances."""
    return [clause for line in texts(TEXTS) for clause in line]


def phone_names() -> list[str]:
    """Silence, and every phone of the common characters."""
    found = {phone for c in common() for s in readings_of(c) for phone in s}
    return [SILENCE, *sorted(found)]


def common() -> list[str]:
    """The 3,755 characters of GB 2312's first level."""
    made = []
    for row in range(0xB0, 0xD8):
        for cell in range(0xA1, 0xFF):
            try:
                made.append(bytes([row, cell]).decode("gb2312"))
            except UnicodeDecodeError:
                continue
    return made


def readings_of(character: str) -> set[tuple[str, ...]]:
    """A character's readings by itself, in every tone that sandhi gives them."""
    from pypinyin import Style, pinyin

    found = pinyin(character, style=Style.TONE3, neutral_tone_with_five=True, heteronym=True)[0]
    said = {s for s in found if s[-1].isdigit()} | {f"{s[:-1]}2" for s in found if s.endswith("3")}
    if character in "一不":
        said |= {f"{s[:-1]}{tone}" for s in found for tone in "1245"}
    if character == "幺":
        said = {"yao1"}
    return {phones_of(s) for s in said}


def make_acoustic() -> None:
    """Speaks the sentences and trains on them."""
    names = phone_names()
    numbers = {name: n for n, name in enumerate(names)}
    dice, patterns = random.Random(3), grammar(3)
    told = [clause for clause in clauses() if 2 <= len(clause) <= 18]
    characters = common()
    sentences = [dice.choice(told) for _ in range(SPOKEN * 4 // 9)]
    sentences += [patterns.sentence() for _ in range(SPOKEN * 3 // 9)]
    sentences += ["".join(dice.choices(characters, k=dice.randint(3, 9))) for _ in range(SPOKEN * 2 // 9)]
    known = [s for s in sentences if all(p in numbers for one in syllables(s) for p in phones_of(one))]
    print(f"speaking {len(known)} sentences …", flush=True)
    heard, labels = labelled(known, numbers, seed=5)
    print(f"{sum(map(len, heard)) / 360_000:.1f} hours in {len(heard)} sentences", flush=True)
    network = acoustic.train(heard, labels, len(names), STEPS)
    acoustic.save(WORK / "acoustic.pt", network, names, acoustic.priors(labels, len(names)))


def make_graph() -> None:
    """The language model, the graph, and the model's folder around the acoustic model."""
    network, names, prior = acoustic.load(WORK / "acoustic.pt")
    patterns = grammar(7)
    told = clauses()
    spoken = [patterns.sentence() for _ in range(PATTERNS)]
    known = set(names)
    readings: dict[str, dict[tuple[str, ...], float]] = defaultdict(lambda: defaultdict(float))
    for c in common():
        for reading in readings_of(c):
            readings[c][reading] += 0.3
    usable = []
    for text, weight in [*((t, TEXT_WEIGHT) for t in told), *((s, PATTERN_WEIGHT) for s in spoken)]:
        said = syllables(text)
        if len(said) != len(text) or any(p not in known for s in said for p in phones_of(s)):
            continue
        usable.append((text, weight))
        for c, s in zip(text, said, strict=True):
            readings[c][phones_of(s)] += 1
    model = ngram.train(usable, ORDER, LEAST, readings)
    arcs = sum(map(len, model.arcs.values()))
    print(f"language model: {len(model.arcs)} histories, {arcs} n-grams", flush=True)
    folder = DEMO / "vosk"
    phones = graph.Phones(names)
    graph.write(folder, model, phones, readings)
    write_model(
        folder / "am" / "final.mdl",
        phones.pdfs(),
        acoustic.folded(network),
        features.DIMENSION,
        acoustic.CONTEXT,
        prior,
    )
    (folder / "conf").mkdir(exist_ok=True)
    (folder / "conf" / "mfcc.conf").write_text(features.MFCC_CONF)
    (folder / "conf" / "model.conf").write_text(MODEL_CONF)
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    print(f"{folder.relative_to(ROOT)}: {size / 1e6:.1f} MB", flush=True)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("steps", nargs="*", choices=["acoustic", "graph", "whisper", []], default=[])
    parser.add_argument("--resume", action="store_true", help="go on with Whisper's training where it stopped")
    parser.add_argument("--minutes", type=float, default=35.0, help="how long to train Whisper")
    asked = parser.parse_args()
    steps = asked.steps or ["acoustic", "graph"]
    if "acoustic" in steps:
        make_acoustic()
    if "graph" in steps:
        make_graph()
    if "whisper" in steps:
        from asr.training import whisper_model

        whisper_model.make(DEMO / "whisper.pt", WORK, asked.minutes, resume=asked.resume)


if __name__ == "__main__":
    main()
