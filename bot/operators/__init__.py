"""The operators' console: who may come in, and the pages that they work with."""
