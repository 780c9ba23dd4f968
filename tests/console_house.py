"""The web application with its console, on a database, without Rasa: `python -m tests.console_house HOME`, which prints its address.

With settings from the environment, as `jiesu run` takes them. Citizens' messages get the apology for a dialog that does not answer.
"""

import asyncio
import os
import sys
from pathlib import Path

from bot.app import web_app
from bot.channels.events import News
from bot.console import first_admin, office_of
from bot.ears import Ears
from bot.house import build
from bot.listener import Listener
from bot.main import conversation_of
from bot.operators import console
from config.settings import Settings
from dialog.client import RasaDialog
from intents.catalog import load_catalog


async def serve(home: Path) -> None:
    """Until it is killed."""
    settings = Settings(home=home, _env_file=None)  # type: ignore[call-arg]
    house = build(settings)
    conversation = conversation_of(house, RasaDialog("http://127.0.0.1:9", 1), Ears())
    news = News()
    office = office_of(house, news.announce)
    if told := first_admin(office, settings):
        print(told, flush=True)
    app = web_app(conversation, house.guesses, load_catalog(), news)
    console.install(app, office)
    page = Listener(app, "127.0.0.1", int(os.environ.get("PORT", "0")))
    async with console.living(app, office), page.serving():
        print(f"jiesu is ready: {page.url}", flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1])))
