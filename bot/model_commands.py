"""`jiesu models …`: which recognition models there are, getting them, and whether they are whole."""

import sys
from pathlib import Path

from rich.progress import Progress

from asr.engines import load
from asr.errors import AsrError
from asr.models import Model, ModelError, check, fetch, known
from config.settings import Settings


def folder(settings: Settings) -> Path:
    """Where fetched models lie."""
    return settings.home / "models" / "speech"


def setting_of(model: Model, settings: Settings) -> str:
    """The line that makes the house use a model."""
    return f"JIESU_{model.engine.upper()}_MODEL={model.path(folder(settings))}"


def list_models(settings: Settings) -> int:
    """One line a model."""
    for model in known().values():
        state = "installed" if check(model, folder(settings)) is None else "-"
        print(f"{model.name:<26} {model.engine:<8} {state:<10} {model.about}")
    return 0


def fetch_model(settings: Settings, name: str, from_file: Path | None) -> int:
    """Installs one, with a progress bar."""
    model = known().get(name)
    if model is None:
        print(f"jiesu: no such model: {name}; one of {', '.join(known())}", file=sys.stderr)
        return 2
    try:
        with Progress(transient=True) as bar:
            task = bar.add_task(name, total=None)
            fetch(
                model,
                folder(settings),
                lambda have, whole: bar.update(task, completed=have, total=whole),
                from_file,
            )
    except ModelError as error:
        print(f"jiesu: {error}", file=sys.stderr)
        return 1
    print(f"installed; to use it: {setting_of(model, settings)}")
    return 0


def check_models(settings: Settings) -> int:
    """Whether the models in use load, and the installed ones are whole."""
    wrong = 0
    for model in known().values():
        trouble = check(model, folder(settings))
        if trouble == "not installed":
            continue
        print(f"{model.name}: {trouble or 'whole'}")
        wrong |= trouble is not None
    for engine, path in (("vosk", settings.vosk_model), ("whisper", settings.whisper_model)):
        if path is None:
            print(f"JIESU_{engine.upper()}_MODEL is not set")
            continue
        try:
            load(engine, path)
            print(f"{path}: loads")
        except AsrError as error:
            wrong = True
            print(f"{path}: {error}")
    return int(wrong)


def convert_model(checkpoint: Path, target: Path) -> int:
    """A Whisper checkpoint as a folder for faster-whisper."""
    from asr.engines.convert import convert

    try:
        convert(checkpoint, target)
    except (AsrError, OSError) as error:
        print(f"jiesu: {error}", file=sys.stderr)
        return 1
    print(f"converted; to use it: JIESU_WHISPER_MODEL={target}")
    return 0
