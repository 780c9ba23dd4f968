"""The Rasa project. Only `components.py` and `serve.py` run in Rasa's own environment."""
