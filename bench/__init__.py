"""Measurements, each a ratio within one run on one machine: `python -m bench` (`make bench`), `python -m bench.understanding` (`make eval`)."""
