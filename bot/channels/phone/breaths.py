"""A long answer as short ones: pieces that are said in a breath each, so that a caller can follow, and can interrupt between them."""

import re

LONGEST = 50
"""Characters of one piece."""

_SENTENCES = re.compile(r"[^。！？!?\n；;]+[。！？!?；;]*")
_CLAUSES = re.compile(r"[^，,、]+[，,、]*")


def breaths(text: str) -> list[str]:
    """What is short stays whole; else sentences; longer ones are cut at a comma, and what has none by length."""
    if len(text) <= LONGEST and "\n" not in text:
        return [text] if text.strip() else []
    pieces: list[str] = []
    for found in _SENTENCES.findall(text):
        if sentence := found.strip():
            pieces += [sentence] if len(sentence) <= LONGEST else _cut(sentence)
    return pieces


def _cut(sentence: str) -> list[str]:
    pieces, piece = [], ""
    for clause in _CLAUSES.findall(sentence):
        if piece and len(piece) + len(clause) > LONGEST:
            pieces.append(piece)
            piece = ""
        piece += clause
        while len(piece) > LONGEST:
            pieces.append(piece[:LONGEST])
            piece = piece[LONGEST:]
    return [*pieces, piece] if piece else pieces
