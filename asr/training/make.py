"""Makes the models of asr/demo. Needs no network.

.speech-venv/bin/python -m asr.training.make                        # all: corpus, acoustic, graph (Vosk's), whisper
.speech-venv/bin/python -m asr.training.make whisper --minutes 50   # one step; those before must have been made
"""

import argparse
import itertools
import pickle
import random
import shutil
from collections import Counter, defaultdict
from collections.abc import Container, Iterator
from pathlib import Path

from asr.training import acoustic, features, graph, ngram
from asr.training.corpus import Heard, spoken
from asr.training.kaldi import write_model
from asr.training.lexicon import SILENCE, phones_of, syllables
from asr.training.sentences import GOLDEN, Grammar, evaluation, place_names, texts
from asr.training.speech import make_voices

ROOT = Path(__file__).resolve().parents[2]
DEMO = ROOT / "asr" / "demo"
WORK = ROOT / "var" / "speech-training"
"""Not var/training: the dialog's training empties that."""

TEXTS = tuple(sorted((ROOT / "intents" / "nlu").glob("*.txt")))
PLACES = tuple(sorted((ROOT / "intents" / "gazetteer" / "data").glob("*.yml")))
MODEL_CONF = """--min-active=200
--max-active=5000
--beam=12.0
--lattice-beam=4.5
--acoustic-scale=0.45
--frame-subsampling-factor=3
--endpoint.silence-phones=1
--endpoint.rule2.min-trailing-silence=5.0
--endpoint.rule3.min-trailing-silence=5.0
--endpoint.rule4.min-trailing-silence=10.0
"""
"""The endpointing of asr/endpointing.py decides when somebody has finished; Kaldi's own only must not come before it."""

SPOKEN = 12_000
"""Sentences that are spoken to the models."""

SHARD = 1000
LONGEST = 20
"""Characters of the longest sentence that is spoken."""

COMMON = 15
"""How often a character must occur for Whisper to learn it."""

STEPS = 8_000
PATTERNS = 60_000
"""Sentences of the grammar that the language model reads, each counting for PATTERN_WEIGHT."""

PATTERN_WEIGHT, TEXT_WEIGHT = 1.0, 1.0
ORDER = 4
LEAST = {3: 2.0, 4: 3.0}
"""By these the graph has some 9 MB; with every n-gram it would have some 50."""


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


def judged() -> set[str]:
    """Every sentence that the models are judged on; none of them is ever trained on."""
    return set(evaluation()) | set(evaluation(GOLDEN))


def jobs() -> list[tuple[str, bool]]:
    """The sentences that both models are trained on, and whether Whisper's is."""
    names = set(phone_names())
    dice, patterns, kept = random.Random(3), grammar(3), judged()
    told = [clause for clause in clauses() if 2 <= len(clause) <= LONGEST]
    often = Counter(c for clause in told for c in clause)
    for _ in range(20_000):
        often.update(patterns.sentence())
    known = {c for c, n in often.items() if n >= COMMON}
    texts = [dice.choice(told) for _ in range(SPOKEN * 3 // 10)]
    texts += [patterns.sentence() for _ in range(SPOKEN * 5 // 10)]
    texts += ["".join(dice.choices(common(), k=dice.randint(3, 9))) for _ in range(SPOKEN * 2 // 10)]
    made = []
    for n, text in enumerate(texts):
        if text not in kept and all(p in names for one in syllables(text) for p in phones_of(one)):
            # Whisper learns words: not from characters strung together, and not those that hardly occur.
            made.append((text, n < SPOKEN * 8 // 10 and known.issuperset(text)))
    dice.shuffle(made)
    return made


def make_corpus() -> None:
    """Speaks the sentences, into pieces of SHARD."""
    wanted = jobs()
    folder = WORK / "corpus"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    print(f"speaking {len(wanted)} sentences …", flush=True)
    made = spoken(wanted, make_voices(WORK), 5)
    for n in itertools.count():
        shard = list(itertools.islice(made, SHARD))
        if not shard:
            break
        part = folder / "part"
        part.write_bytes(pickle.dumps(shard))
        part.rename(folder / f"{n:03}.pickle")
        print(f"spoken: {n * SHARD + len(shard)} of {len(wanted)}", flush=True)


def corpus(known: Container[str] = ()) -> Iterator[tuple[str, list[Heard]]]:
    """The pieces that `make_corpus` has made and that are not known yet, by name."""
    for path in sorted((WORK / "corpus").glob("*.pickle")):
        if path.name not in known:
            yield path.name, pickle.loads(path.read_bytes())


def make_acoustic() -> None:
    """Trains on all that was spoken."""
    names = phone_names()
    numbers = {name: n for n, name in enumerate(names)}
    heard = [one for _, shard in corpus() for one in shard]
    labels = [h.labels(numbers) for h in heard]
    print(f"{sum(map(len, labels)) / 360_000:.1f} hours in {len(heard)} sentences", flush=True)
    network = acoustic.train([h.cepstra for h in heard], labels, len(names), STEPS)
    acoustic.save(WORK / "acoustic.pt", network, names, acoustic.priors(labels, len(names)))


def make_graph() -> None:
    """The language model, the graph, and the model's folder around the acoustic model."""
    network, names, prior = acoustic.load(WORK / "acoustic.pt")
    patterns, kept = grammar(7), judged()
    told = clauses()
    spoken = [patterns.likely() for _ in range(PATTERNS)]
    known = set(names)
    readings: dict[str, dict[tuple[str, ...], float]] = defaultdict(lambda: defaultdict(float))
    for c in common():
        for reading in readings_of(c):
            readings[c][reading] += 0.3
    usable = []
    for text, weight in [*((t, TEXT_WEIGHT) for t in told), *((s, PATTERN_WEIGHT) for s in spoken)]:
        said = syllables(text)
        if text in kept or len(said) != len(text) or any(p not in known for s in said for p in phones_of(s)):
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
        (acoustic.LEFT, acoustic.RIGHT),
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
    parser.add_argument("steps", nargs="*", choices=["corpus", "acoustic", "graph", "whisper", []], default=[])
    parser.add_argument("--resume", action="store_true", help="go on with Whisper's training where it stopped")
    parser.add_argument("--minutes", type=float, default=40.0, help="how long to train Whisper")
    asked = parser.parse_args()
    steps = asked.steps or ["corpus", "acoustic", "graph", "whisper"]
    if "corpus" in steps:
        make_corpus()
    if "acoustic" in steps:
        make_acoustic()
    if "graph" in steps:
        make_graph()
    if "whisper" in steps:
        from asr.training import whisper_run

        spoken_to_it = [text for text, mel in jobs() if mel]
        target = DEMO / "whisper.pt"
        whisper_run.make(
            whisper_run.Plan(target, WORK, corpus, spoken_to_it, phone_names(), asked.minutes, asked.resume)
        )


if __name__ == "__main__":
    main()
