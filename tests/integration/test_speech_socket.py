"""What was said over the page's WebSocket while the sentence before is still being answered is kept, and sent again."""

from types import SimpleNamespace
from typing import Any

from fastapi import FastAPI
from fastapi.testclient import TestClient

from bot.channels.speech import router
from dialog.actions import wording
from integrations.journal import Busy
from tests.phone_scene import ears
from tests.sounds import pcm, speech

SENTENCE = "朝阳区望京的路灯不亮"


class BusyDoor:
    """A conversation that is busy the first time."""

    def __init__(self) -> None:
        self.ears = ears()
        self.journal = SimpleNamespace(authenticate=lambda conversation, token: None)
        self.told: list[tuple[str, str | None]] = []

    async def heard(self, conversation: str, samples: Any, transcript: Any, message_id: str | None) -> dict[str, Any]:
        self.told.append((transcript.text, message_id))
        if len(self.told) == 1:
            raise Busy
        return {"replies": [], "transcript": transcript.text}


def test_what_was_said_while_the_conversation_was_busy_is_sent_again_and_never_said_twice() -> None:
    app, door = FastAPI(), BusyDoor()
    app.include_router(router)
    app.state.conversation = door
    with TestClient(app).websocket_connect("/api/v1/conversations/c1/speech") as line:
        line.send_json({"type": "start", "token": "t", "rate": 16_000, "client_message_id": "m1"})
        assert line.receive_json() == {"type": "ready"}
        line.send_bytes(pcm(speech(SENTENCE)))
        line.send_json({"type": "send"})
        while (told := line.receive_json())["type"] in ("partial", "end", "heard"):
            pass
        assert told == {"type": "problem", "detail": wording.BUSY, "again": True}
        line.send_json({"type": "send"})
        told = line.receive_json()
    assert told["type"] == "answer"
    assert told["transcript"] == SENTENCE
    assert door.told == [(SENTENCE, "m1")] * 2
