"""Every fact of a text other than places: sums, dates, times, names, numbers, choices."""

from intents.extraction.fields import extract

__all__ = ["extract"]
