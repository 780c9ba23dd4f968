"""`jiesu talk`: the citizen's door in a terminal, typed or played from a script."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from bot.conversation import Conversation
from bot.main import conversing
from bot.rasa_process import RasaError
from config.settings import Settings


async def talk(settings: Settings, script: Path | None, *, as_json: bool) -> int:
    """Talks until the lines end; the exit status. Starts what it needs, and stops it again."""
    if script is not None and not script.is_file():
        print(f"jiesu: no such script: {script}", file=sys.stderr)
        return 2
    try:
        async with conversing(settings, lambda text: print(f"[jiesu] {text}", file=sys.stderr)) as conversation:
            await _converse(conversation, script, as_json=as_json)
    except RasaError as error:
        print(f"jiesu: {error}", file=sys.stderr)
        return 1
    return 0


async def _converse(conversation: Conversation, script: Path | None, *, as_json: bool) -> None:
    opened = await conversation.start("terminal")
    if not as_json:
        _show(opened["replies"])
    ticket: dict[str, Any] | None = None
    draft: dict[str, Any] | None = None
    async for said in _lines(script):
        if script is not None and not as_json:
            print(f"您：{said}")
        told = await conversation.say(opened["conversation_id"], said)
        ticket, draft = told["ticket"] or ticket, told["draft"]
        if as_json:
            bot = [reply["text"] for reply in told["replies"]]
            print(json.dumps({"citizen": said, "bot": bot, "state": told["state"]}, ensure_ascii=False), flush=True)
        else:
            _show(told["replies"])
    if as_json:
        print(json.dumps({"ticket": ticket, "draft": draft}, ensure_ascii=False), flush=True)


async def _lines(script: Path | None) -> AsyncIterator[str]:
    if script is not None:
        for line in script.read_text(encoding="utf-8").splitlines():
            if line.strip() and not line.lstrip().startswith("#"):
                yield line.strip()
        return
    while True:
        try:
            yield await asyncio.to_thread(input, "您：")
        except (EOFError, KeyboardInterrupt):
            return


def _show(replies: list[dict[str, Any]]) -> None:
    for reply in replies:
        print(f"热线：{reply['text']}")
        if reply["buttons"]:
            print("      " + "  ".join(f"[{button['title']}]" for button in reply["buttons"]))
