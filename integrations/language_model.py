"""A language model's second opinion on a message that was not understood surely: any endpoint that speaks OpenAI's chat completions.

It only proposes: a topic is offered to the citizen as a choice, a field is shown at the read-back. A value that does not stand in the citizen's
own words is thrown away. Without an endpoint, or when it is slow or broken, everything goes on as if it were not there.
"""

import json
import logging
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as TooSlow
from dataclasses import dataclass, field

import httpx

log = logging.getLogger(__name__)

MOST_TOPICS = 3
_ASK = (
    "你是市民热线的分类助手。只根据市民的原话，从给出的类别里选最多三个最可能的，最可能的在前；抄出原话里的字段，不要编造，不要改写。"
    '只输出JSON：{"topics": ["类别id"], "fields": {"字段名": "原话中的文字"}}。'
)


@dataclass(frozen=True, slots=True)
class Proposal:
    """Ids of at most MOST_TOPICS topics, the likeliest first, and fields in the citizen's own words."""

    topics: tuple[str, ...] = ()
    fields: Mapping[str, str] = field(default_factory=dict)


NOTHING = Proposal()


class LanguageModel:
    """One endpoint; `seconds` is how long a citizen may be kept waiting for it."""

    def __init__(self, url: str, key: str, model: str, seconds: float) -> None:
        self._url = f"{url.rstrip('/')}/chat/completions"
        self._model = model
        self._seconds = seconds
        self._http = httpx.Client(timeout=seconds, headers={"Authorization": f"Bearer {key}"} if key else {})
        self._waiting = ThreadPoolExecutor(4, thread_name_prefix="language-model")

    def propose(self, text: str, topics: Mapping[str, str], fields: Sequence[str]) -> Proposal:
        """What it makes of a text; NOTHING when it fails or takes too long."""
        try:
            # httpx limits each read, not their sum: an answer that trickles would keep the citizen waiting.
            answer = self._waiting.submit(self._ask, text, topics, fields).result(self._seconds)
            return _checked(answer, text, topics, fields)
        except TooSlow:
            log.warning("the language model took more than %s s", self._seconds)
        except (httpx.HTTPError, ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
            log.warning("the language model failed: %s", type(error).__name__)
        return NOTHING

    def _ask(self, text: str, topics: Mapping[str, str], fields: Sequence[str]) -> str:
        known = "；".join(f"{topic}={name}" for topic, name in topics.items())
        response = self._http.post(
            self._url,
            json={
                "model": self._model,
                "temperature": 0,
                "response_format": {"type": "json_object"},
                "messages": [
                    {"role": "system", "content": f"{_ASK}\n类别：{known}\n字段：{'，'.join(fields)}"},
                    {"role": "user", "content": text},
                ],
            },
        )
        response.raise_for_status()
        content: str = response.json()["choices"][0]["message"]["content"]
        return content


def _checked(answer: str, text: str, topics: Mapping[str, str], fields: Sequence[str]) -> Proposal:
    """Keeps topics that exist and values that the citizen said."""
    told = json.loads(answer)
    proposed = [topic for topic in told.get("topics", ()) if topic in topics]
    said = {
        name: value.strip()
        for name, value in told.get("fields", {}).items()
        if name in fields and isinstance(value, str) and value.strip() and value.strip() in text
    }
    return Proposal(tuple(dict.fromkeys(proposed))[:MOST_TOPICS], said)
