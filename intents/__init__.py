"""The vocabulary of the hotline, said once: topics, fields, words, places, and how they are recognised."""
