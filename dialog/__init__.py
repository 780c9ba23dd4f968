"""The conversation's brain: a Rasa project generated from the catalog, its client, and the actions that it calls."""
