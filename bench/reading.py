"""How many texts a second `jiesu understand` reads, and how long the longest takes."""

import asyncio
import time

from bench.evaluation import SETS, cases
from bench.house import PYTHON, ROOT
from bot.house import now
from bot.rasa_process import ensure_model
from bot.understand import classifier_of, tagger_of
from intents.catalog import load_catalog
from intents.understanding import understand

LONGEST = 4000


async def main() -> None:
    """Prints texts a second over the evaluation sets, and the slowest text of LONGEST characters."""
    model = await ensure_model(ROOT / "var", PYTHON, print)
    catalog, classifier, tagger = load_catalog(), classifier_of(model), tagger_of(model)
    texts = [case.text for name in SETS for case in cases(name)]
    understand(texts[0], now(), catalog, classifier, tagger)
    before = time.perf_counter()
    for text in texts:
        understand(text, now(), catalog, classifier, tagger)
    rate = len(texts) / (time.perf_counter() - before)
    slowest = 0.0
    joined = "".join(texts)
    for start in range(0, min(len(joined) - LONGEST, 20 * LONGEST), LONGEST):
        before = time.perf_counter()
        understand(joined[start : start + LONGEST], now(), catalog, classifier, tagger)
        slowest = max(slowest, time.perf_counter() - before)
    print(f"\nunderstanding: {rate:.0f} texts/s; the slowest of {LONGEST} characters took {slowest * 1000:.0f} ms")


if __name__ == "__main__":
    asyncio.run(main())
