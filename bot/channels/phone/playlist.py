"""What is queued to be said in one call: sound and marks, taken in frames."""

from collections import deque


class Playlist:
    """Sound in the order in which it was queued; a take never copies more than one frame."""

    __slots__ = ("_at", "_queued", "pieces", "position")

    def __init__(self) -> None:
        self.pieces: deque[bytes | str] = deque()
        """Sound, and the names of marks. Empty when nothing is queued."""
        self._at = 0
        self._queued = 0
        self.position = 0
        """Bytes taken since the beginning."""

    def __bool__(self) -> bool:
        return bool(self.pieces)

    def add(self, sound: bytes) -> int:
        """Queues sound; the position, in bytes, at which it begins."""
        begins = self.position + self._queued
        if sound:
            self.pieces.append(sound)
            self._queued += len(sound)
        return begins

    def mark(self, name: str) -> bool:
        """Queues a mark; False when nothing stands before it, and it is reached already."""
        if self.pieces:
            self.pieces.append(name)
            return True
        return False

    def take(self, most: int) -> tuple[bytes, list[str] | None]:
        """The next `most` bytes (fewer at the end) and the marks that are reached with them."""
        pieces, at = self.pieces, self._at
        piece = pieces[0] if pieces else b""
        left = len(piece) - at
        if type(piece) is bytes:
            if left > most:
                # Nearly every take: a frame from the middle of a sentence.
                self._at = at + most
                self._queued -= most
                self.position += most
                return piece[at : at + most], None
            if left == most and not at and len(pieces) == 1:
                # A piece of one frame, as an echo queues them.
                pieces.clear()
                self._queued -= most
                self.position += most
                return piece, None
        return self._take_over_pieces(most)

    def _take_over_pieces(self, most: int) -> tuple[bytes, list[str] | None]:
        taken, marks = bytearray(), []
        while self.pieces:
            piece = self.pieces[0]
            if isinstance(piece, str):
                marks.append(piece)
                self.pieces.popleft()
                continue
            if len(taken) == most:
                break
            part = piece[self._at : self._at + most - len(taken)]
            taken += part
            self._at += len(part)
            if self._at == len(piece):
                self.pieces.popleft()
                self._at = 0
        self._queued -= len(taken)
        self.position += len(taken)
        return bytes(taken), marks or None

    def clear(self) -> int:
        """Forgets everything queued; the position in bytes."""
        self.pieces.clear()
        self._at = self._queued = 0
        return self.position
