"""Logging: one line an event, to standard error, never a citizen's words."""

import logging


def set_up_logging(level: str) -> None:
    """Sets the level; libraries that log requests with their addresses (which hold tokens and phone digits) speak only of errors."""
    logging.basicConfig(level=level.upper(), format="%(asctime)s %(levelname)s %(name)s %(message)s")
    for name in ("httpx", "httpcore", "rasa_sdk", "uvicorn.access", "alembic", "sse_starlette", "telegram"):
        logging.getLogger(name).setLevel(max(logging.WARNING, logging.getLogger().level))
