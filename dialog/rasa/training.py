"""Trains the model; runs in Rasa's environment: `python -m dialog.rasa.training PROJECT MODELS NAME`."""

import logging
import sys
from pathlib import Path

import structlog
from rasa.model_training import train

import dialog.rasa.components  # noqa: F401  registers the component


def main() -> None:
    """Exit status 0 when the model was written."""
    # Rasa describes every state that it looks at; saying so takes longer than looking.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    folder, models, name = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
    result = train(
        domain=str(folder / "domain"),
        config=str(folder / "config.yml"),
        training_files=str(folder / "data"),
        output=models,
        fixed_model_name=name.removesuffix(".tar.gz"),
        force_training=True,
    )
    sys.exit(result.code)


if __name__ == "__main__":
    main()
