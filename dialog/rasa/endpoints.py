"""Rasa's endpoints file: where the actions are, and where the tracker is kept."""

import os
from urllib.parse import unquote, urlsplit

import yaml


def endpoints(actions_url: str, tracker_url: str) -> str:
    """YAML for one action server and a tracker store in the database at `tracker_url` (an SQLAlchemy URL)."""
    return yaml.safe_dump(
        {
            "action_endpoint": {"url": actions_url, "enable_selective_domain": True},
            "tracker_store": tracker_store(tracker_url),
        }
    )


def tracker_store(url: str) -> dict[str, object]:
    """Rasa takes a database's address in pieces."""
    parts = urlsplit(url)
    dialect = parts.scheme.partition("+")[0]
    if dialect == "sqlite":
        return {"type": "SQL", "dialect": "sqlite", "db": parts.path.removeprefix("/")}
    return {
        "type": "SQL",
        "dialect": dialect,
        "url": parts.hostname,
        "port": parts.port,
        "username": unquote(parts.username or ""),
        "password": unquote(parts.password or ""),
        "db": parts.path.removeprefix("/"),
    }


if __name__ == "__main__":
    print(endpoints(os.environ["JIESU_ACTIONS_URL"], os.environ["JIESU_DATABASE_URL"]))
