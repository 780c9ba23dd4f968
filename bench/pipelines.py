"""Which pipeline understands topics best: each candidate trained on the same text and judged on the evaluation sets.

`python -m bench.pipelines` compares what runs in this environment. Rasa's own classifiers run in Rasa's environment:
`PYTHONPATH=. .rasa-venv/bin/python -m bench.pipelines rasa`.
"""

import resource
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from intents.catalog.model import OTHER
from intents.classifier.train import train
from intents.classifier.utterances import Utterance, read_utterances

SETS = tuple(Path(__file__).parent / "data" / f"{name}.jsonl" for name in ("evaluation", "realistic", "letters"))
SURE = 0.8
EPOCHS = 30
"""Of DIET."""

Ranked = list[tuple[str, float]]
Reader = Callable[[str], Ranked]


def evaluation(path: Path) -> list[tuple[str, str]]:
    """Text and topic of each case of a set; read here without the app's packages."""
    import json

    rows = map(json.loads, path.read_text(encoding="utf-8").splitlines())
    return [(row["text"], row["topic"]) for row in rows]


def ours(utterances: Sequence[Utterance]) -> Reader:
    """The project's own: linear SVM over character n-grams, calibrated, `other` as what is left over, letters read by their sentences."""
    model = train(utterances)
    return lambda text: [(g.label, g.confidence) for g in model.topics(text)]


def sklearn_pipeline(estimator: Any, **features: Any) -> Callable[[Sequence[Utterance]], Reader]:
    """A scikit-learn classifier over TF-IDF features."""

    def fit(utterances: Sequence[Utterance]) -> Reader:
        from sklearn.feature_extraction.text import TfidfVectorizer
        from sklearn.pipeline import make_pipeline

        model = make_pipeline(TfidfVectorizer(sublinear_tf=True, min_df=2, **features), estimator)
        model.fit([u.text for u in utterances], [u.topic for u in utterances])

        def read(text: str) -> Ranked:
            shares = model.predict_proba([text])[0]
            order = np.argsort(-shares)
            return [(str(model.classes_[i]), float(shares[i])) for i in order]

        return read

    return fit


def rasa_pipeline(*components: dict[str, Any]) -> Callable[[Sequence[Utterance]], Reader]:
    """One of Rasa's own pipelines, through Rasa."""

    def fit(utterances: Sequence[Utterance]) -> Reader:
        import asyncio
        import tempfile

        import yaml
        from rasa.core.agent import Agent
        from rasa.model_training import train_nlu

        folder = Path(tempfile.mkdtemp())
        # Rasa refuses its white-space tokenizer for Chinese; over character n-grams a token's ends do not matter.
        config = {"recipe": "default.v1", "language": "en", "assistant_id": "bench", "pipeline": list(components)}
        (folder / "config.yml").write_text(yaml.safe_dump(config), encoding="utf-8")
        by_topic: dict[str, list[str]] = {}
        for utterance in utterances:
            by_topic.setdefault(utterance.topic, []).append(utterance.text)
        nlu = [{"intent": topic, "examples": [{"text": t} for t in texts]} for topic, texts in by_topic.items()]
        (folder / "nlu.yml").write_text(
            yaml.safe_dump({"version": "3.1", "nlu": nlu}, allow_unicode=True), encoding="utf-8"
        )
        path = train_nlu(str(folder / "config.yml"), str(folder / "nlu.yml"), str(folder))
        agent = Agent.load(path)

        def read(text: str) -> Ranked:
            parsed = asyncio.run(agent.parse_message(text))
            return [(guess["name"], guess["confidence"]) for guess in parsed["intent_ranking"]]

        return read

    return fit


def here() -> dict[str, Callable[[Sequence[Utterance]], Reader]]:
    """Candidates for the app's environment."""
    from sklearn.ensemble import VotingClassifier
    from sklearn.linear_model import LogisticRegression
    from sklearn.naive_bayes import ComplementNB

    logistic = LogisticRegression(C=20, max_iter=300, class_weight="balanced")
    bayes = ComplementNB(alpha=0.1)
    chars: dict[str, Any] = {"analyzer": "char", "ngram_range": (1, 4)}
    both = VotingClassifier([("logistic", logistic), ("bayes", bayes)], voting="soft")
    return {
        "ours (calibrated linear SVM)": ours,
        "logistic regression, char 1–4": sklearn_pipeline(logistic, **chars),
        "complement naive Bayes, char 1–4": sklearn_pipeline(bayes, **chars),
        "logistic + naive Bayes, voting": sklearn_pipeline(both, **chars),
    }


def rasas() -> dict[str, Callable[[Sequence[Utterance]], Reader]]:
    """Candidates among Rasa's own classifiers, over character n-grams: Chinese has no spaces."""
    grams = {"name": "CountVectorsFeaturizer", "analyzer": "char_wb", "min_ngram": 1, "max_ngram": 4, "min_df": 2}
    words = {"name": "WhitespaceTokenizer"}
    return {
        "Rasa LogisticRegressionClassifier": rasa_pipeline(words, grams, {"name": "LogisticRegressionClassifier"}),
        f"Rasa DIETClassifier, {EPOCHS} epochs": rasa_pipeline(
            words, grams, {"name": "DIETClassifier", "epochs": EPOCHS, "entity_recognition": False}
        ),
    }


def judge(name: str, fit: Callable[[Sequence[Utterance]], Reader], utterances: Sequence[Utterance]) -> str:
    """One row of the table."""
    before = time.perf_counter()
    read = fit(utterances)
    training = time.perf_counter() - before
    sets = [evaluation(path) for path in SETS]
    cases = [case for cases in sets for case in cases]
    read(cases[0][0])
    before = time.perf_counter()
    answers = [(topic, read(text)) for text, topic in cases]
    latency = (time.perf_counter() - before) / len(cases) * 1000
    hits = [ranked[0][0] == topic for topic, ranked in answers]
    ends = np.cumsum([len(cases) for cases in sets])[:-1]
    first = " / ".join(f"{np.mean(part):.1%}" for part in np.split(np.array(hits), ends))
    three = np.mean([topic in {label for label, _ in ranked[:3]} for topic, ranked in answers])
    other = np.mean([ranked[0][0] == OTHER for topic, ranked in answers if topic == OTHER])
    sure = [(topic, ranked) for topic, ranked in answers if ranked[0][1] > SURE]
    right = np.mean([ranked[0][0] == topic for topic, ranked in sure]) if sure else float("nan")
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return (
        f"| {name} | {first} | {three:.1%} | {other:.1%} | {len(sure) / len(cases):.0%} / {right:.1%} "
        f"| {training:.0f} s | {latency:.1f} ms | {memory:.0f} MB |"
    )


def main() -> None:
    """Prints the table; memory is the process's peak so far."""
    utterances = list(read_utterances())
    print(
        "| pipeline | first, evaluation / realistic / letters | in three | other | surer than 0.8 / right | training | a text | memory |",
        flush=True,
    )
    print("|---|---|---|---|---|---|---|---|", flush=True)
    for name, fit in (rasas() if "rasa" in sys.argv[1:] else here()).items():
        print(judge(name, fit, utterances), flush=True)


if __name__ == "__main__":
    main()
