"""The command line: `jiesu …`."""

import asyncio
import sys
from pathlib import Path
from typing import Annotated

import typer

from bot import commands
from config.logs import set_up_logging
from config.settings import Settings

app = typer.Typer(
    no_args_is_help=True, add_completion=False, help="接诉: a voice and chat front end for the 12345 hotline."
)
tickets = typer.Typer(no_args_is_help=True, help="Look at tickets and move them on.")
app.add_typer(tickets, name="tickets")
models = typer.Typer(no_args_is_help=True, help="Recognition models: which there are, getting them, checking them.")
app.add_typer(models, name="models")
outbox = typer.Typer(no_args_is_help=True, help="What could not be delivered to the city's own ticket system.")
app.add_typer(outbox, name="outbox")

accounts = typer.Typer(no_args_is_help=True, help="Who may use the operators' console, and what they did.")
app.add_typer(accounts, name="accounts")


def settings() -> Settings:
    """The settings, with logging set up by them."""
    read = Settings()
    set_up_logging(read.log_level)
    return read


@app.command()
def run() -> None:
    """Starts everything; Ctrl-C or SIGTERM stops it."""
    import uvloop

    from bot.main import run as serve

    sys.exit(uvloop.run(serve(settings())))


@app.command()
def talk(
    script: Annotated[Path | None, typer.Option(help="One citizen line a line; # comments.")] = None,
    json: Annotated[bool, typer.Option("--json", help="One JSON object a turn, and the ticket last.")] = False,
) -> None:
    """A conversation in the terminal; works with nothing running."""
    from bot.channels.terminal import talk as converse

    sys.exit(asyncio.run(converse(settings(), script, as_json=json)))


@app.command()
def understand() -> None:
    """JSON lines {"id","text"} in, what they say out: type, topic, confidence, alternatives, fields."""
    from bot.understand import understand_lines

    sys.exit(asyncio.run(understand_lines(settings(), sys.stdin, sys.stdout)))


@app.command()
def transcribe(
    files: list[Path],
    engine: Annotated[str, typer.Option(help="vosk or whisper.")] = "vosk",
    model: Annotated[Path | None, typer.Option(help="The model; that of the settings when left out.")] = None,
    json: Annotated[bool, typer.Option("--json", help="One JSON object a file.")] = False,
) -> None:
    """What an engine hears in recordings of any kind."""
    from bot.transcribe import transcribe as hear

    sys.exit(hear(settings(), files, engine, model, as_json=json))


@models.command("list")
def list_models() -> None:
    """The models that are known, and which are installed."""
    from bot import model_commands

    sys.exit(model_commands.list_models(settings()))


@models.command("fetch")
def fetch_model(
    name: str,
    file: Annotated[Path | None, typer.Option("--file", help="Install this file instead of downloading.")] = None,
) -> None:
    """Gets a model from its official source; goes on where a download broke."""
    from bot import model_commands

    sys.exit(model_commands.fetch_model(settings(), name, file))


@models.command("check")
def check_models() -> None:
    """Whether the installed models are whole, and those in use load."""
    from bot import model_commands

    sys.exit(model_commands.check_models(settings()))


@models.command("convert")
def convert_model(checkpoint: Path, folder: Path) -> None:
    """A Whisper checkpoint for faster-whisper."""
    from bot import model_commands

    sys.exit(model_commands.convert_model(checkpoint, folder))


@app.command("second-hearing", hidden=True)
def second_hearing() -> None:
    """Hears utterances again; started by `run`."""
    from bot.listeners import listen_again

    sys.exit(listen_again(settings()))


@app.command("dispatch", hidden=True)
def dispatch() -> None:
    """Delivers to the remote desk; started by `run`."""
    from bot.dispatch import dispatch as deliver

    sys.exit(deliver(settings()))


@outbox.command("list")
def list_outbox() -> None:
    """The dead letters, and how many messages wait."""
    from bot.dispatch import list_dead

    sys.exit(list_dead(settings()))


@outbox.command("replay")
def replay_outbox(
    letter: Annotated[int | None, typer.Argument(help="A dead letter's number.")] = None,
    every: Annotated[bool, typer.Option("--all", help="Every dead letter.")] = False,
    anew: Annotated[bool, typer.Option("--anew", help="Without looking whether it has arrived already.")] = False,
) -> None:
    """Tries a dead letter again, or all of them."""
    from bot.dispatch import replay

    if (letter is None) != every:
        raise typer.BadParameter("name one dead letter, or say --all")
    sys.exit(replay(settings(), letter, anew=anew))


@accounts.command("list")
def list_accounts() -> None:
    """Everybody with an account."""
    from bot import account_commands

    sys.exit(account_commands.list_accounts(settings()))


@accounts.command("add")
def add_account(login: str, name: str, role: Annotated[str, typer.Option(help="operator, supervisor, admin.")]) -> None:
    """A new account; its password is printed this once."""
    from bot import account_commands

    sys.exit(account_commands.add_account(settings(), login, name, role))


@accounts.command("password")
def new_password(login: str) -> None:
    """A new password, printed this once."""
    from bot import account_commands

    sys.exit(account_commands.new_password(settings(), login))


@accounts.command("audit")
def check_audit() -> None:
    """Whether the audit log is as it was written."""
    from bot import account_commands

    sys.exit(account_commands.check_audit(settings()))


@app.command()
def groups() -> None:
    """What many complain about: how many people, how much they have lost."""
    sys.exit(commands.list_groups(settings()))


@app.command()
def doctor() -> None:
    """What works, what is missing, how to get it."""
    sys.exit(asyncio.run(commands.doctor(settings())))


@tickets.command("list")
def list_tickets(
    status: Annotated[str | None, typer.Option(help="Only those in this status.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=1000)] = 50,
) -> None:
    """The newest tickets."""
    sys.exit(commands.list_tickets(settings(), status, limit))


@tickets.command("show")
def show_ticket(number: str) -> None:
    """One ticket, as JSON."""
    sys.exit(commands.show_ticket(settings(), number))


@tickets.command("move")
def move_ticket(
    number: str,
    status: str,
    note: Annotated[str, typer.Option(help="Told to the citizen.")] = "",
    by: Annotated[str, typer.Option(help="Who moves it.")] = "cli",
) -> None:
    """Moves a ticket to another status; the citizen is told."""
    sys.exit(commands.move_ticket(settings(), number, status, note, by))


def main() -> None:
    """The `jiesu` command."""
    app()
