"""A citizen, the whole house and a Chatwoot, with the house killed while a person holds the conversation."""

from pathlib import Path
from typing import Any

from tests.e2e.conftest import Client, start, stop
from tests.fakes.chatwoot import SECRET, TOKEN, chatwoot
from tests.seats import until

CANARY = "金丝雀路九九一一号"


def told(client: Client) -> list[tuple[str, str]]:
    history: dict[str, Any] = client.http.get(client.path, headers=client.headers).json()
    return [(message["from"], message["text"]) for message in history["messages"]]


def test_nothing_is_lost_when_the_house_is_killed_in_the_middle(empty_home: Path) -> None:
    with chatwoot() as (there, url):
        settings = {
            "JIESU_CHATWOOT_URL": url,
            "JIESU_CHATWOOT_TOKEN": TOKEN,
            "JIESU_CHATWOOT_INBOX": "7",
            "JIESU_CHATWOOT_SECRET": SECRET,
            "JIESU_CHATWOOT_LOOK_SECONDS": "1",
        }
        running = start(empty_home, **settings)
        port = int(running.url.rpartition(":")[2])
        there.webhook = f"{running.url}/chatwoot"
        client = Client(running.url)
        client.say(f"朝阳区{CANARY}的路灯不亮")
        waiting = client.say("转人工")
        assert (waiting["state"], waiting["place"]["position"]) == ("waiting", 1)
        until(lambda: any(c["status"] == "open" for c in there.conversations.values()), "the conversation in Chatwoot")
        (number,) = there.conversations
        running.process.kill()
        running.process.wait(10)
        # Said while nobody listens: the webhook is gone for good.
        there.agent_says(number, "您好，我是坐席")
        running = start(empty_home, port, **settings)
        try:
            until(lambda: ("operator", "您好，我是坐席") in told(client), "what was said while down", 60)
            assert client.say(f"我在{CANARY}")["replies"] == []
            until(
                lambda: f"我在{CANARY}" in [m["content"] for m in there.conversations[number]["messages"]],
                "the citizen's words in Chatwoot",
                60,
            )
            assert told(client).count(("operator", "您好，我是坐席")) == 1
            there.agent_sets(number, "pending")
            until(lambda: "电话" in told(client)[-1][1], "the question that was open")
            after = client.say("匿名")
            assert (after["state"], after["asking"]) == ("bot", "confirm")
            assert CANARY in str(after["draft"])
            for path in (empty_home / "logs").glob("*.log"):
                text = path.read_text(encoding="utf-8", errors="replace")
                assert CANARY not in text and "您好，我是坐席" not in text and TOKEN not in text
        finally:
            stop(running)
