"""The acoustic model: a small time-delay network from cepstra to phones, trained by plain cross-entropy.

Vosk asks for every third frame only. Training computes no others either: the second layer strides by three, the rest stay on its grid.
"""

import time
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from asr.training.features import DIMENSION
from asr.training.kaldi import Affine

WIDTH = 320
SPLICES = ((-2, -1, 0, 1, 2), (-1, 0, 1), (-3, 0, 3), (-3, 0, 3), (-3, 0, 3), (-6, -3, 0))
LEFT, RIGHT = 18, 12
"""Frames seen before and after: what comes after delays the words."""

STEP = 3
OUTPUTS = 24
BATCH = 64
PRIOR_FLOOR = 1e-4


class Network(nn.Module):
    """(batch, 40, LEFT + 3 n − 2 + RIGHT frames) → (batch, phones, n), every third frame."""

    def __init__(self, phones: int) -> None:
        super().__init__()
        self.scale = nn.BatchNorm1d(DIMENSION, affine=False)
        layers: list[nn.Module] = []
        width = DIMENSION
        for n, offsets in enumerate(SPLICES):
            layers += [
                nn.Conv1d(width, WIDTH, len(offsets), stride=STEP if n == 1 else 1),
                nn.ReLU(),
                nn.BatchNorm1d(WIDTH, affine=False),
            ]
            width = WIDTH
        self.layers = nn.Sequential(*layers)
        self.output = nn.Conv1d(WIDTH, phones, 1)

    def forward(self, frames: torch.Tensor) -> torch.Tensor:
        return self.output(self.layers(self.scale(frames)))


def train(
    heard: list[NDArray[np.float16]], labels: list[NDArray[np.int16]], phones: int, steps: int, threads: int = 2
) -> Network:
    """Trains on random pieces of all utterances; prints its progress."""
    torch.set_num_threads(threads)
    torch.manual_seed(1)
    dice = np.random.default_rng(1)
    frames = np.concatenate([np.pad(h, ((LEFT, RIGHT), (0, 0)), mode="edge") for h in heard])
    wanted = np.concatenate([np.pad(label, (LEFT, RIGHT), mode="edge") for label in labels])
    frames_t, wanted_t = torch.from_numpy(frames), torch.from_numpy(wanted.astype(np.int64))
    network = Network(phones)
    optimiser = torch.optim.AdamW(network.parameters(), lr=3e-3, weight_decay=1e-4)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, 4e-3, total_steps=steps, pct_start=0.1)
    loss_of = nn.CrossEntropyLoss(label_smoothing=0.02)
    started, total = time.monotonic(), 0.0
    span = torch.arange(LEFT + STEP * OUTPUTS - STEP + 1 + RIGHT)
    for step in range(1, steps + 1):
        starts = torch.from_numpy(dice.integers(0, len(frames) - len(span), BATCH))
        index = starts[:, None] + span[None]
        x = frames_t[index].float().transpose(1, 2)
        y = wanted_t[index[:, LEFT : LEFT + STEP * OUTPUTS : STEP]]
        loss = loss_of(network(x), y)
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(network.parameters(), 5.0)
        optimiser.step()
        schedule.step()
        total += loss.item()
        if step % 200 == 0:
            print(
                f"acoustic model: step {step} of {steps}, loss {total / 200:.3f}, {time.monotonic() - started:.0f} s",
                flush=True,
            )
            total = 0.0
    return network.eval()


def priors(labels: list[NDArray[np.int16]], phones: int) -> NDArray[np.float32]:
    """How often each phone occurs."""
    counts = np.bincount(np.concatenate(labels), minlength=phones).astype(np.float64)
    return np.maximum(counts / counts.sum(), PRIOR_FLOOR).astype(np.float32)


def folded(network: Network) -> list[Affine]:
    """The layers as Kaldi has them: input scaling and batch norm folded into the next affine, columns offset-major."""
    layers: list[Affine] = []
    mean, scale = _norm(network.scale)
    convolutions = [m for m in network.layers if isinstance(m, nn.Conv1d)]
    norms = [m for m in network.layers if isinstance(m, nn.BatchNorm1d)]
    for n, (convolution, norm, offsets) in enumerate(zip(convolutions, norms, SPLICES, strict=True), 1):
        layers.append(_affine(f"tdnn{n}", offsets, convolution, mean, scale, relu=True))
        mean, scale = _norm(norm)
    layers.append(_affine("final", (0,), network.output, mean, scale, relu=False))
    return layers


def _norm(norm: nn.BatchNorm1d) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    assert norm.running_mean is not None and norm.running_var is not None
    return norm.running_mean.numpy(), 1 / np.sqrt(norm.running_var.numpy() + norm.eps)


def _affine(
    name: str,
    offsets: tuple[int, ...],
    layer: nn.Conv1d,
    mean: NDArray[np.float32],
    scale: NDArray[np.float32],
    *,
    relu: bool,
) -> Affine:
    weight = layer.weight.detach().numpy() * scale[None, :, None]
    assert layer.bias is not None
    bias = layer.bias.detach().numpy() - (weight * mean[None, :, None]).sum((1, 2))
    flat = weight.transpose(0, 2, 1).reshape(weight.shape[0], -1)
    return Affine(name, offsets, flat.astype(np.float32), bias.astype(np.float32), relu)


def save(path: Path, network: Network, phones: list[str], prior: NDArray[np.float32]) -> None:
    """Keeps what `graph` and a later run need."""
    path.parent.mkdir(parents=True, exist_ok=True)
    torch.save({"state": network.state_dict(), "phones": phones, "priors": torch.from_numpy(prior)}, path)


def load(path: Path) -> tuple[Network, list[str], NDArray[np.float32]]:
    """What `save` kept."""
    kept = torch.load(path)
    network = Network(len(kept["phones"]))
    network.load_state_dict(kept["state"])
    return network.eval(), kept["phones"], kept["priors"].numpy()
