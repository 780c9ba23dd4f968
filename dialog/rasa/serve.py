"""Serves a trained Rasa model; runs in Rasa's environment: `python -m dialog.rasa.serve MODEL ENDPOINTS HOST PORT`.

Rasa's own command line would do the same, but its error log repeats the citizen's text.
"""

import logging
import os
import signal
import sys
import threading
from collections.abc import MutableMapping
from typing import Any

import rasa.core.run
import structlog
from rasa.core.utils import AvailableEndpoints

PERSONAL = ("text", "message", "sender_id", "json_body", "tracker_latest_message", "slot_candidates", "prefilled_slots")
"""Keys under which Rasa's log events carry what a citizen said."""


def without_personal_data(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """A structlog processor that drops the citizen's words."""
    for key in PERSONAL:
        event.pop(key, None)
    return event


def stop_with_parent() -> None:
    """Ends this process when whoever started it has gone, however it went: the pipe it holds then closes."""
    # The bare descriptor: a thread that holds sys.stdin's lock makes the interpreter abort when it ends.
    while os.read(0, 1024):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


def main() -> None:
    """Serves until it is told to stop."""
    if os.environ.get("JIESU_STOP_WITH_PARENT"):
        threading.Thread(target=stop_with_parent, daemon=True).start()
    model, endpoints, host, port = sys.argv[1:]
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    # An exception's traceback can hold the text as well: what failed is told by its type in the event.
    structlog.configure(
        processors=[without_personal_data, structlog.stdlib.add_log_level, structlog.processors.KeyValueRenderer()],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING),
    )
    rasa.core.run.serve_application(
        model_path=model,
        channel="rest",
        interface=host,
        port=int(port),
        endpoints=AvailableEndpoints.read_endpoints(endpoints),
        enable_api=True,
    )


if __name__ == "__main__":
    main()
