"""One training of the small Whisper: in two processes, for so many minutes, kept on the way."""

import math
import random
import time
from collections.abc import Callable, Container, Iterator
from dataclasses import dataclass
from pathlib import Path

import torch
import torch.distributed as together
import torch.multiprocessing
from torch import nn
from whisper.tokenizer import Tokenizer, get_tokenizer

from asr.training.corpus import Heard
from asr.training.lexicon import SILENCE
from asr.training.whisper_model import Trainer
from asr.training.whisper_pieces import Batches, Piece, pieces

WHOLE = 3000
"""Mel frames of Whisper's window."""

Corpus = Callable[[Container[str]], Iterator[tuple[str, list[Heard]]]]
"""Gives the pieces that are not known yet, by name: training can begin while the rest is still being spoken."""


@dataclass(frozen=True, slots=True)
class Plan:
    """One training: where to, on what. `texts` are all that is spoken, `phones` the names of what is heard, silence first."""

    target: Path
    work: Path
    corpus: Corpus
    texts: list[str]
    phones: list[str]
    minutes: float
    resume: bool
    processes: int = 2


def make(plan: Plan) -> None:
    """Trains in processes that share what each has learned, for it is quicker than threads; keeps the state for `resume`."""
    (plan.work / "meeting").unlink(missing_ok=True)
    if plan.processes == 1:
        train(0, plan)
    else:
        torch.multiprocessing.spawn(train, (plan,), nprocs=plan.processes)


def train(rank: int, plan: Plan) -> None:
    """One of the processes. The last fifth of the time goes to Whisper's whole window."""
    torch.set_num_threads(1)
    together.init_process_group("gloo", f"file://{plan.work / 'meeting'}", rank=rank, world_size=plan.processes)
    say = print if rank == 0 else lambda *_, **__: None
    tokenizer = get_tokenizer(True, language="zh", task="transcribe")
    trainer = Trainer(tokenizer, {token for text in plan.texts for token in tokenizer.encode(text)}, len(plan.phones))
    state, begun = plan.work / "whisper-state.pt", 0.0
    if plan.resume and state.exists():
        kept = torch.load(state)
        trainer.load(kept["parts"])
        begun = kept["minutes"]
    dice = random.Random(9 + int(begun) + 1000 * rank)
    torch.manual_seed(9 + int(begun) + 1000 * rank)
    batches = Batches(_learned(plan, tokenizer), dice)
    parameters = trainer.parameters()
    optimiser = torch.optim.AdamW(parameters, lr=1e-3, weight_decay=0.01, betas=(0.9, 0.98))
    started, step, total, saved = time.monotonic(), 0, 0.0, time.monotonic()

    def keep(spent: float) -> None:
        if rank == 0:
            torch.save({"parts": trainer.state(), "minutes": spent}, state)
            trainer.save(plan.target)

    while True:
        clock = torch.tensor([begun + (time.monotonic() - started) / 60])
        together.broadcast(clock, 0)
        if (spent := float(clock)) >= plan.minutes:
            break
        share = spent / plan.minutes
        for group in optimiser.param_groups:
            group["lr"] = 2e-3 * min(1.0, (step + 1) / 100) * (0.5 * (1 + math.cos(math.pi * share)) + 0.02)
        loss = trainer.loss(*_window(batches.next(16), dice, whole=share > 0.8), dice)
        optimiser.zero_grad()
        loss.backward()
        _share(parameters, plan.processes)
        nn.utils.clip_grad_norm_(parameters, 1.0)
        optimiser.step()
        step, total = step + 1, total + loss.item()
        if step % 50 == 0:
            say(f"whisper: step {step}, loss {total / 50:.3f}, {spent:.1f} of {plan.minutes:.0f} min", flush=True)
            total = 0.0
        if time.monotonic() - saved > 120:
            keep(spent)
            saved = time.monotonic()
    keep(plan.minutes)
    say(f"{plan.target.name}: {plan.target.stat().st_size / 1e6:.1f} MB", flush=True)
    together.destroy_process_group()


def _learned(plan: Plan, tokenizer: Tokenizer) -> Callable[[], list[Piece]]:
    """All that has been spoken so far, as it is trained on."""
    numbers = {name: n for n, name in enumerate(plan.phones)}
    assert numbers[SILENCE] == 0
    known: dict[str, list[Piece]] = {}

    def learned() -> list[Piece]:
        known.update((name, pieces(shard, tokenizer, numbers)) for name, shard in plan.corpus(known))
        return [piece for shard in known.values() for piece in shard]

    return learned


def _window(batch: list[Piece], dice: random.Random, *, whole: bool) -> tuple[list[Piece], int]:
    """What is heard at once, and in how many mel frames: a quarter of the batch in Whisper's whole window, or all of it in a short one."""
    if whole:
        return batch[: max(len(batch) // 4, 1)], WHOLE
    longest = max(piece.mel.shape[1] for piece in batch)
    return batch, longest + longest % 2 + 2 * dice.choice((5, 10, 20, 40, 100))


def _share(parameters: list[nn.Parameter], processes: int) -> None:
    """Every process goes on with the mean of what all have learned in this step."""
    grads = [parameter.grad for parameter in parameters if parameter.grad is not None]
    flat = torch.cat([grad.flatten() for grad in grads])
    together.all_reduce(flat)
    flat /= processes
    at = 0
    for grad in grads:
        grad.copy_(flat[at : at + grad.numel()].view_as(grad))
        at += grad.numel()
