"""The second opinion: it proposes, the citizen decides, and nothing waits for it."""

import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from dialog.actions.heard import Heard
from dialog.actions.notes import Notes
from dialog.actions.topic import decide_topic
from integrations.drafts import Draft
from integrations.language_model import NOTHING, LanguageModel
from intents.catalog import load_catalog
from intents.classifier import Guess
from tests.conftest import NOW

TEXT = "那个老张烤鸭店的卡，人都没影儿了"
TOPICS = {"prepaid_refund": "预付卡退费", "other": "其他"}


class Endpoint:
    """A small server that speaks chat completions; `content` is its next answer, `delay` how long it takes."""

    def __init__(self) -> None:
        self.content = "{}"
        self.status = 200
        self.delay = 0.0
        self.asked: list[dict[str, object]] = []
        endpoint = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                endpoint.asked.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
                time.sleep(endpoint.delay)
                self.send_response(endpoint.status)
                self.end_headers()
                answer = {"choices": [{"message": {"content": endpoint.content}}]}
                self.wfile.write(json.dumps(answer).encode())

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def model(self, seconds: float = 2.0) -> LanguageModel:
        return LanguageModel(f"http://127.0.0.1:{self.server.server_address[1]}/v1", "key", "m", seconds)


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    made = Endpoint()
    yield made
    made.server.shutdown()


def test_it_proposes_topics_that_exist_and_words_that_were_said(endpoint: Endpoint) -> None:
    endpoint.content = json.dumps(
        {"topics": ["prepaid_refund", "invented"], "fields": {"merchant": "老张烤鸭店", "place": "王府井", "age": "7"}}
    )
    proposal = endpoint.model().propose(TEXT, TOPICS, ["merchant", "place"])
    assert proposal.topics == ("prepaid_refund",)
    assert proposal.fields == {"merchant": "老张烤鸭店"}


@pytest.mark.parametrize("content", ["", "not json", "[]", '{"topics": 5}', '{"fields": []}', "null"])
def test_nonsense_is_nothing(endpoint: Endpoint, content: str) -> None:
    endpoint.content = content
    assert endpoint.model().propose(TEXT, TOPICS, ["merchant"]) == NOTHING


def test_a_broken_or_slow_endpoint_is_nothing_in_time(endpoint: Endpoint) -> None:
    endpoint.status = 500
    assert endpoint.model().propose(TEXT, TOPICS, []) == NOTHING
    endpoint.status, endpoint.delay = 200, 5.0
    before = time.monotonic()
    assert endpoint.model(seconds=0.3).propose(TEXT, TOPICS, []) == NOTHING
    assert time.monotonic() - before < 2.0


def test_nobody_listening_is_nothing() -> None:
    assert LanguageModel("http://127.0.0.1:9/v1", "", "m", 1.0).propose(TEXT, TOPICS, []) == NOTHING


def unsure(*guesses: tuple[str, float]) -> Heard:
    return Heard(TEXT, NOW, (), tuple(Guess(*guess) for guess in guesses), None)


def notes(model: LanguageModel | None) -> Notes:
    return Notes(load_catalog(), Draft("d", "c", "open", {}, ()), 1, model)


def test_what_it_proposes_is_offered_never_taken(endpoint: Endpoint) -> None:
    endpoint.content = json.dumps({"topics": ["prepaid_refund"], "fields": {"merchant": "老张烤鸭店"}})
    draft = notes(endpoint.model())
    decide_topic(draft, unsure(("other", 0.45), ("street_vendors", 0.2)))
    assert draft.topic is None
    assert draft.memory.topics_offered == ["prepaid_refund", "street_vendors"]
    assert draft.memory.proposed == {"merchant": "老张烤鸭店"}


def test_a_sure_message_is_not_sent_anywhere(endpoint: Endpoint) -> None:
    draft = notes(endpoint.model())
    decide_topic(draft, unsure(("prepaid_refund", 0.95), ("other", 0.02)))
    assert draft.value("topic") == "prepaid_refund"
    assert endpoint.asked == []


def test_everything_works_without_it() -> None:
    draft = notes(None)
    decide_topic(draft, unsure(("prepaid_refund", 0.4), ("estate_agents", 0.35)))
    assert draft.memory.topics_offered == ["prepaid_refund", "estate_agents"]
