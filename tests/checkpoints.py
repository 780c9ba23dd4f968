"""A genuine Whisper checkpoint of two layers that has learned nothing: for tests of the loading, the port and the processes."""

from pathlib import Path

import pytest


def untrained(folder: Path) -> Path:
    """Its path. Skips visibly where openai-whisper is not installed."""
    torch = pytest.importorskip("torch", reason="no openai-whisper (python3 scripts/setup.py whisper)")
    from whisper.model import ModelDimensions, Whisper

    torch.manual_seed(0)
    dims = ModelDimensions(80, 1500, 64, 2, 2, 51_865, 64, 64, 2, 2)
    model = Whisper(dims)
    torch.nn.init.normal_(model.decoder.positional_embedding, std=0.02)
    path = folder / "untrained.pt"
    torch.save({"dims": dims.__dict__, "model_state_dict": model.state_dict()}, path)
    return path
