"""`jiesu run` whose calls are echoed, for tests of its end. JIESU_VOICE=none: a house with a voice leads its calls itself."""

import bot.telephone
from bot.cli import app
from tests.fakes.phone import echo

if __name__ == "__main__":
    bot.telephone.to_a_person = echo
    app(["run"])
