"""A request's body, read no further than it may be long."""

from fastapi import Request


class TooLong(Exception):
    """More bytes than are taken."""


async def body_of(request: Request, most: int) -> bytes:
    """The whole body, whether or not its length was told before. TooLong."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > most:
            raise TooLong
    return bytes(body)
