"""A small Whisper: attention with an auxiliary CTC on short windows first, then on the 30 s window that Whisper always hears.

Only the tokens that occur are trained; every other token gets the row of one that is never right, so none of them is ever said.
"""

import random
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import torch
import whisper
from numpy.typing import NDArray
from torch import nn
from whisper.model import ModelDimensions, Whisper
from whisper.tokenizer import get_tokenizer

from asr.training import sound as sounds
from asr.training.corpus import say, style

DIMS = ModelDimensions(
    n_mels=80, n_audio_ctx=1500, n_audio_state=128, n_audio_head=4, n_audio_layer=2,
    n_vocab=51_865, n_text_ctx=64, n_text_state=128, n_text_head=4, n_text_layer=2,
)  # fmt: skip
SHORT = 600
"""Mel frames of a short window: 6 s."""

WHOLE = 3000
SENTENCES = 14_000
LONGEST_TEXT = 18
EMPTY = 300
"""Pieces of silence and noise, whose text is empty."""

Mel = NDArray[np.float16]


def _heard(job: tuple[str, Any, int]) -> tuple[str, Mel, float] | None:
    text, how, seed = job
    dice = np.random.default_rng(seed)
    if not text:
        sound = (dice.standard_normal(3 * sounds.RATE) * 10 ** dice.uniform(-4, -1.5)).astype(np.float32)
    else:
        said = say(text, how, seed)
        if said is None or len(said.sound) > SHORT * 160:
            return None
        sound = sounds.as_it_arrives(said.sound, dice)
    padded = np.pad(sound, (0, SHORT * 160 - len(sound)))
    mel = whisper.log_mel_spectrogram(torch.from_numpy(padded)).numpy()
    return text, mel.astype(np.float16), len(sound) / sounds.RATE


def _corpus(texts: list[str], seed: int) -> list[tuple[str, Mel, float]]:
    dice = random.Random(seed)
    jobs = [(text, style(dice), seed + 7 * i) for i, text in enumerate(texts)]
    with ProcessPoolExecutor(2) as pool:
        return [made for made in pool.map(_heard, jobs, chunksize=32) if made is not None]


class Trainer:
    """The model on the tokens that occur."""

    def __init__(self, texts: list[str]) -> None:
        torch.manual_seed(1)
        self.tokenizer = get_tokenizer(True, language="zh", task="transcribe")
        tokenizer = self.tokenizer
        encoded = {token for text in texts for token in tokenizer.encode(text)}
        stamps = range(tokenizer.timestamp_begin, tokenizer.timestamp_begin + 320)
        junk = tokenizer.encode("£")[0]
        special = (*tokenizer.sot_sequence, tokenizer.no_timestamps, tokenizer.eot)
        self.tokens = sorted({*encoded, *stamps, *special, junk})
        self.number = {token: n for n, token in enumerate(self.tokens)}
        self.junk = self.number[junk]
        self.model = Whisper(DIMS)
        nn.init.normal_(self.model.decoder.positional_embedding, std=0.02)
        nn.init.normal_(self.model.decoder.token_embedding.weight, std=0.02)
        characters = sorted({c for text in texts for c in text})
        self.character = {c: n for n, c in enumerate(characters, 1)}
        self.ctc = nn.Linear(DIMS.n_audio_state, len(characters) + 1)
        self.rows = torch.tensor(self.tokens)

    def parameters(self) -> list[nn.Parameter]:
        return [*self.model.parameters(), *self.ctc.parameters()]

    def encode(self, mel: torch.Tensor) -> torch.Tensor:
        """Whisper's encoder on a window of any length."""
        encoder = self.model.encoder
        x = nn.functional.gelu(encoder.conv1(mel))
        x = nn.functional.gelu(encoder.conv2(x)).permute(0, 2, 1)
        x = x + encoder.positional_embedding[: x.shape[1]]
        for block in encoder.blocks:
            x = block(x)
        return encoder.ln_post(x)

    def sequence(self, text: str, seconds: float, stamped: bool) -> list[int]:
        """Prompt, text and end, as `whisper.transcribe` decodes them."""
        tokenizer = self.tokenizer
        said = tokenizer.encode(text)[:56]
        if not stamped or not text:
            return [*tokenizer.sot_sequence, tokenizer.no_timestamps, *said, tokenizer.eot]
        first = tokenizer.timestamp_begin
        return [*tokenizer.sot_sequence, first, *said, first + min(round(seconds / 0.02), 319), tokenizer.eot]

    def loss(self, batch: list[tuple[str, Mel, float]], frames: int, dice: random.Random, ctc: float) -> torch.Tensor:
        """Of one batch, on windows of `frames` mel frames."""
        mel = torch.from_numpy(np.stack([m for _, m, _ in batch])).float()
        if frames > SHORT:
            # What silence looks like after Whisper's own clamp: the least value of each window.
            least = mel.amin(dim=(1, 2), keepdim=True).expand(-1, 80, frames - SHORT)
            mel = torch.cat([mel, least], dim=2)
        audio = self.encode(mel)
        sequences = [self.sequence(text, seconds, dice.random() < 0.7) for text, _, seconds in batch]
        longest = max(map(len, sequences))
        tokens = torch.full((len(batch), longest), self.tokenizer.eot)
        wanted = torch.full((len(batch), longest - 1), -100)
        prompt = len(self.tokenizer.sot_sequence)
        for i, sequence in enumerate(sequences):
            tokens[i, : len(sequence)] = torch.tensor(sequence)
            known = [self.number.get(token, self.junk) for token in sequence[prompt:]]
            wanted[i, prompt - 1 : prompt - 1 + len(known)] = torch.tensor(known)
        decoder = self.model.decoder
        x = decoder.token_embedding(tokens[:, :-1]) + decoder.positional_embedding[: longest - 1]
        for block in decoder.blocks:
            x = block(x, audio, mask=decoder.mask)
        logits = decoder.ln(x) @ decoder.token_embedding.weight[self.rows].t()
        loss = nn.functional.cross_entropy(
            logits.flatten(0, 1), wanted.flatten(), ignore_index=-100, label_smoothing=0.02
        )
        if not ctc:
            return loss
        spoken = [[self.character[c] for c in text] for text, _, _ in batch]
        logs = self.ctc(audio[:, : SHORT // 2]).log_softmax(-1).transpose(0, 1)
        aligned = nn.functional.ctc_loss(
            logs,
            torch.tensor([c for text in spoken for c in text] or [0]),
            torch.full((len(batch),), logs.shape[0]),
            torch.tensor([len(text) for text in spoken]),
            zero_infinity=True,
        )
        return loss + ctc * aligned

    def save(self, path: Path) -> None:
        """A checkpoint that `whisper.load_model` reads, in half precision."""
        state = {name: value.detach().clone() for name, value in self.model.state_dict().items()}
        rows = state["decoder.token_embedding.weight"]
        unused = torch.ones(DIMS.n_vocab, dtype=torch.bool)
        unused[self.rows] = False
        rows[unused] = rows[self.tokens[self.junk]]
        kept = {name: value.half() for name, value in state.items()}
        part = path.with_suffix(".part")
        torch.save({"dims": DIMS.__dict__, "model_state_dict": kept}, part)
        part.rename(path)


def make(target: Path, work: Path, minutes: float, *, resume: bool) -> None:
    """Trains for so many minutes, two thirds of them on short windows; keeps the state for `resume`."""
    from asr.training.make import clauses, grammar

    torch.set_num_threads(2)
    dice, patterns = random.Random(9), grammar(9)
    told = [clause for clause in clauses() if 2 <= len(clause) <= LONGEST_TEXT]
    texts = [dice.choice(told) if n % 2 else patterns.sentence() for n in range(SENTENCES)]
    texts = [text for text in texts if len(text) <= LONGEST_TEXT] + [""] * EMPTY
    print(f"speaking {len(texts)} sentences …", flush=True)
    corpus = _corpus(texts, 9)
    trainer = Trainer(texts)
    state = work / "whisper-state.pt"
    if resume and state.exists():
        kept = torch.load(state)
        trainer.model.load_state_dict(kept["model"])
        trainer.ctc.load_state_dict(kept["ctc"])
    optimiser = torch.optim.AdamW(trainer.parameters(), lr=1e-3, weight_decay=0.01)
    started, step, total = time.monotonic(), 0, 0.0
    while (spent := (time.monotonic() - started) / 60) < minutes:
        share = spent / minutes
        whole = share > 0.67
        batch = dice.sample(corpus, 8 if whole else 32)
        rate = (min(1.0, (step + 1) / 300) * (1.5e-3 if not whole else 4e-4)) * (1.0 - 0.85 * share)
        for group in optimiser.param_groups:
            group["lr"] = rate
        loss = trainer.loss(batch, WHOLE if whole else SHORT, dice, 0.3 if not whole else 0.05)
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(trainer.parameters(), 1.0)
        optimiser.step()
        step, total = step + 1, total + loss.item()
        if step % 100 == 0:
            print(f"whisper: step {step}, loss {total / 100:.3f}, {spent:.1f} of {minutes:.0f} min", flush=True)
            total = 0.0
        if step % 500 == 0:
            work.mkdir(parents=True, exist_ok=True)
            torch.save({"model": trainer.model.state_dict(), "ctc": trainer.ctc.state_dict()}, state)
            trainer.save(target)
    torch.save({"model": trainer.model.state_dict(), "ctc": trainer.ctc.state_dict()}, state)
    trainer.save(target)
    print(f"{target.name}: {target.stat().st_size / 1e6:.1f} MB", flush=True)
