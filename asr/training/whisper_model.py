"""A small Whisper, trained from nothing: what it hears and where it looks is told, as the synthesiser knows where every syllable lies.

Three helps beside the usual loss make minutes do instead of days: the encoder names each frame's phone and counts the syllables, and two heads
of every decoder layer look at the character that comes next. They are dropped afterwards; what is kept is a plain Whisper. Sentences are
heard in short windows first, at the end in the 30 s that Whisper always hears.

Only the tokens that occur are trained. Every other token gets the row of one that is never right, which counts in training as often as it
will stand in the vocabulary, so none of them is ever said.
"""

import math
import random
import time
from collections.abc import Callable, Container, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import torch.distributed as together
import torch.multiprocessing
from numpy.typing import NDArray
from torch import nn
from torch.nn import functional as F
from whisper.model import ModelDimensions, MultiHeadAttention, Whisper
from whisper.tokenizer import Tokenizer, get_tokenizer

from asr.training.corpus import Heard
from asr.training.lexicon import SILENCE

DIMS = ModelDimensions(
    n_mels=80, n_audio_ctx=1500, n_audio_state=128, n_audio_head=4, n_audio_layer=4,
    n_vocab=51_865, n_text_ctx=96, n_text_state=128, n_text_head=4, n_text_layer=2,
)  # fmt: skip
WHOLE = 3000
"""Mel frames of Whisper's window."""

LONGEST = 640
"""Mel frames of the longest sentence that is used."""

STAMP = 10
"""Times are learned on a grid of so many of Whisper's 0.02 s steps."""

NEIGHBOURS = ((-2, -1, 1, 2), (-4, -1, 1, 4), (-7, 7))
"""Where the heads of each encoder layer look before anything is learned, in encoder frames of 0.02 s; the other heads look anywhere."""

COUNTED = 40
GUIDED_HEADS = 2
SILENT = 0.04
"""The share of pieces in which nobody speaks, whose text is empty."""

JOINED = 0.1
"""The share of sentences that another one follows after a pause."""

WRONG = 0.08
"""The share of tokens told wrongly to the decoder, so that it listens instead of guessing from what it said."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A sound with what is to be said of it: tokens, each token's (start, end) and each syllable's (phones, start, end), in encoder frames."""

    mel: NDArray[np.float16]
    tokens: list[int]
    places: list[tuple[int, int]]
    phones: list[tuple[int, int, int]]
    syllables: list[tuple[int, int]]
    end: float


def pieces(heard: list[Heard], tokenizer: Tokenizer, phones: dict[str, int]) -> list[Piece]:
    """Every sentence that Whisper is to learn."""
    made = []
    for one in heard:
        if one.mel is None or one.mel.shape[1] > LONGEST:
            continue
        tokens, places = [], []
        spans = [(round(start * 50), round(end * 50)) for _, start, _, end in one.places]
        byte, owner = 0, [n for n, c in enumerate(one.text) for _ in c.encode()]
        for token in tokenizer.encode(one.text):
            length = len(tokenizer.encoding.decode_single_token_bytes(token))
            tokens.append(token)
            places.append((spans[owner[byte]][0], spans[owner[byte + length - 1]][1]))
            byte += length
        named = []
        for names, start, final, end in one.places:
            marks = [start, final, end] if len(names) == 2 else [start, end]
            named += [
                (phones[name], round(a * 50), round(b * 50))
                for name, a, b in zip(names, marks[:-1], marks[1:], strict=True)
            ]
        made.append(Piece(one.mel, tokens, places, named, spans, one.places[-1][3]))
    return made


def joined(a: Piece, b: Piece, pause: int) -> Piece:
    """One after the other, with so many encoder frames of silence between."""
    floor = np.full((80, 2 * pause), min(a.mel.min(), b.mel.min()), np.float16)
    odd = a.mel.shape[1] % 2
    first = np.pad(a.mel, ((0, 0), (0, odd)), mode="edge")
    later = first.shape[1] // 2 + pause
    return Piece(
        np.concatenate([first, floor, b.mel], axis=1),
        a.tokens + b.tokens,
        a.places + [(s + later, e + later) for s, e in b.places],
        a.phones + [(p, s + later, e + later) for p, s, e in b.phones],
        a.syllables + [(s + later, e + later) for s, e in b.syllables],
        b.end + later / 50,
    )


def silence(dice: random.Random) -> Piece:
    """Nobody speaks: nothing at all, or noise."""
    generator = np.random.default_rng(dice.randrange(2**32))
    frames = dice.randint(60, 400)
    if dice.random() < 0.3:
        mel = np.full((80, frames), -1.5, np.float32)
    else:
        slope = np.linspace(0, dice.uniform(-0.6, 0.6), 80)[:, None]
        mel = generator.normal(0, dice.uniform(0.05, 0.25), (80, frames)) + slope + dice.uniform(-0.3, 0.8)
    return Piece(mel.astype(np.float16), [], [], [], [], 0.0)


class Trainer:
    """The model, and the helps that are dropped afterwards."""

    def __init__(self, tokenizer: Tokenizer, used: set[int], phones: int) -> None:
        torch.manual_seed(1)
        self.tokenizer = tokenizer
        stamps = range(tokenizer.timestamp_begin, tokenizer.timestamp_begin + 751, STAMP)
        junk = tokenizer.encode("£")[0]
        special = (*tokenizer.sot_sequence, tokenizer.no_timestamps, tokenizer.no_speech, tokenizer.eot)
        self.tokens = sorted({*used, *stamps, *special, junk})
        self.number = {token: n for n, token in enumerate(self.tokens)}
        self.junk = self.number[junk]
        self.model = Whisper(DIMS)
        nn.init.normal_(self.model.decoder.positional_embedding, std=0.02)
        self.model.decoder.token_embedding.weight.requires_grad_(False)
        self.embedding = nn.Embedding(len(self.tokens), DIMS.n_text_state)
        nn.init.normal_(self.embedding.weight, std=0.05)
        for block, offsets in zip(self.model.encoder.blocks, NEIGHBOURS, strict=False):
            for head, offset in enumerate(offsets):
                _look_aside(block.attn, head, offset)
        self.phones = nn.Linear(DIMS.n_audio_state, phones)
        self.counts = nn.Linear(DIMS.n_audio_state, COUNTED + 1)

    def parameters(self) -> list[nn.Parameter]:
        """All that is trained."""
        parts = (self.model, self.embedding, self.phones, self.counts)
        return [weight for part in parts for weight in part.parameters() if weight.requires_grad]

    def state(self) -> dict[str, dict[str, torch.Tensor]]:
        """What `load` takes."""
        parts = {"model": self.model, "embedding": self.embedding, "phones": self.phones, "counts": self.counts}
        return {name: part.state_dict() for name, part in parts.items()}

    def load(self, state: dict[str, dict[str, torch.Tensor]]) -> None:
        """Goes on where `state` was taken."""
        self.model.load_state_dict(state["model"])
        self.embedding.load_state_dict(state["embedding"])
        self.phones.load_state_dict(state["phones"])
        self.counts.load_state_dict(state["counts"])

    def encode(self, mel: torch.Tensor) -> torch.Tensor:
        """Whisper's encoder on a window of any length: (batch, 80, frames) → (batch, frames / 2, state)."""
        encoder = self.model.encoder
        x = F.gelu(encoder.conv1(mel))
        x = F.gelu(encoder.conv2(x)).permute(0, 2, 1)
        x = x + encoder.positional_embedding[: x.shape[1]]
        for block in encoder.blocks:
            x = block(x)
        return encoder.ln_post(x)

    def decode(self, tokens: torch.Tensor, audio: torch.Tensor) -> tuple[torch.Tensor, list[torch.Tensor]]:
        """Whisper's decoder. `tokens` are numbers of trained ones. Their logits, and each layer's guided heads' attention (batch, heads,
        tokens, frames).
        """
        decoder = self.model.decoder
        x = self.embedding(tokens) + decoder.positional_embedding[: tokens.shape[1]]
        looks = []
        for block in decoder.blocks:
            x = x + block.attn(block.attn_ln(x), mask=decoder.mask)[0]
            seen, look = _attend(block.cross_attn, block.cross_attn_ln(x), audio)
            looks.append(look[:, :GUIDED_HEADS])
            x = x + seen
            x = x + block.mlp(block.mlp_ln(x))
        logits = decoder.ln(x) @ self.embedding.weight.t()
        # The row of the token that is never right stands for all that are not trained.
        weight = torch.zeros(len(self.tokens))
        weight[self.junk] = math.log(DIMS.n_vocab - len(self.tokens) + 1)
        return logits + weight, looks

    def sequence(self, piece: Piece, stamped: bool) -> tuple[list[int], list[tuple[int, int] | None]]:
        """Prompt, text and end as `whisper.transcribe` decodes them, and where each of them lies."""
        t = self.tokenizer
        nowhere: list[tuple[int, int] | None] = [None]
        prompt = [*t.sot_sequence]
        if not stamped:
            return [*prompt, t.no_timestamps, *piece.tokens, t.eot], nowhere * 4 + [*piece.places] + nowhere
        begin = t.timestamp_begin
        if not piece.tokens:
            return [*prompt, begin, t.eot], nowhere * 5
        end = begin + STAMP * min(math.ceil(piece.end * 50 / STAMP), 750 // STAMP)
        return [*prompt, begin, *piece.tokens, end, t.eot], nowhere * 4 + [*piece.places] + nowhere * 2

    def loss(self, batch: list[Piece], frames: int, dice: random.Random) -> torch.Tensor:
        """Of one batch, in windows of `frames` mel frames."""
        mel = torch.empty(len(batch), 80, frames)
        for i, piece in enumerate(batch):
            sound = torch.from_numpy(piece.mel).float()
            # What digital silence looks like after Whisper's clamp: two below the loudest.
            mel[i] = sound.max() - 2.0
            mel[i, :, : sound.shape[1]] = torch.maximum(sound, sound.max() - 2.0)
            low = dice.randrange(80)
            mel[i, low : low + dice.randrange(9)] = sound.mean()
        audio = self.encode(mel)
        sequences, places = zip(*(self.sequence(piece, dice.random() < 0.8) for piece in batch), strict=True)
        longest = max(map(len, sequences))
        tokens = torch.full((len(batch), longest), self.number[self.tokenizer.eot])
        wanted = torch.full((len(batch), longest - 1), -100)
        spans = torch.zeros(len(batch), longest - 1, audio.shape[1])
        for i, (sequence, where) in enumerate(zip(sequences, places, strict=True)):
            tokens[i, : len(sequence)] = torch.tensor([self.number[token] for token in sequence])
            wanted[i, 2 : len(sequence) - 1] = tokens[i, 3 : len(sequence)]
            first = self.tokenizer.no_speech if not batch[i].tokens else sequence[1]
            wanted[i, 0] = self.number[first]
            for n, place in enumerate(where[1:]):
                if place:
                    spans[i, n, max(place[0] - 1, 0) : place[1] + 1] = 1.0
        told = tokens[:, :-1].clone()
        wrong = torch.rand(told.shape) < WRONG
        wrong[:, :4] = False
        told[wrong] = torch.randint(len(self.tokens), (int(wrong.sum()),))
        logits, looks = self.decode(told, audio)
        loss = F.cross_entropy(logits.flatten(0, 1), wanted.flatten(), ignore_index=-100)
        told_where = spans.sum(-1) > 0
        for look in looks:
            inside = (look * spans[:, None]).sum(-1).clamp_min(1e-5).log()
            loss = loss - 0.3 * inside.transpose(1, 2)[told_where].mean()
        return loss + self._named(audio, batch)

    def _named(self, audio: torch.Tensor, batch: list[Piece]) -> torch.Tensor:
        """The encoder's helps: each frame's phone, and how many syllables have begun."""
        length = min(audio.shape[1], max(p.mel.shape[1] for p in batch) // 2 + 20)
        phones = torch.zeros(len(batch), length, dtype=torch.long)
        counts = torch.zeros(len(batch), length, dtype=torch.long)
        for i, piece in enumerate(batch):
            for phone, start, end in piece.phones:
                phones[i, start:end] = phone
            for n, (start, end) in enumerate(piece.syllables, 1):
                counts[i, start:end] = min(n, COUNTED)
        heard = audio[:, :length].flatten(0, 1)
        return F.cross_entropy(self.phones(heard), phones.flatten()) + 0.3 * F.cross_entropy(
            self.counts(heard), counts.flatten()
        )

    def save(self, path: Path) -> None:
        """A checkpoint that `whisper.load_model` reads, in half precision."""
        state = {name: value.detach().clone() for name, value in self.model.state_dict().items()}
        learned = self.embedding.weight.detach()
        rows = learned[self.junk].repeat(DIMS.n_vocab, 1)
        rows[torch.tensor(self.tokens)] = learned
        state["decoder.token_embedding.weight"] = rows
        kept = {name: value.half() for name, value in state.items()}
        part = path.with_suffix(".part")
        torch.save({"dims": DIMS.__dict__, "model_state_dict": kept}, part)
        part.rename(path)


def _attend(attention: MultiHeadAttention, x: torch.Tensor, audio: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Whisper's cross attention with its weights."""
    batch, length, width = x.shape
    heads = attention.n_head

    def split(y: torch.Tensor) -> torch.Tensor:
        return y.view(batch, -1, heads, width // heads).transpose(1, 2)

    q, k, v = split(attention.query(x)), split(attention.key(audio)), split(attention.value(audio))
    weights = (q @ k.transpose(-1, -2) / math.sqrt(width // heads)).softmax(-1)
    return attention.out((weights @ v).transpose(1, 2).reshape(batch, length, width)), weights


@torch.no_grad()
def _look_aside(attention: MultiHeadAttention, head: int, offset: int) -> None:
    """Makes a head look `offset` frames aside, as it would learn to after an hour: what is heard depends on its neighbours first of all.

    Whisper's positions are sines and cosines, so a query turned by each one's angle meets the key of the frame so far away.
    """
    state = DIMS.n_audio_state
    size, half = state // DIMS.n_audio_head, state // 2
    used = size // 2
    rows = slice(head * size, head * size + size)
    speeds = torch.exp(-math.log(10_000) / (half - 1) * torch.arange(half))[:used]
    sine, cosine = torch.arange(used), torch.arange(used) + half
    query, key = torch.zeros(size, state), torch.zeros(size, state)
    key[torch.arange(used), sine] = key[torch.arange(used) + used, cosine] = 1.5
    query[torch.arange(used), sine] = query[torch.arange(used) + used, cosine] = 1.5 * torch.cos(speeds * offset)
    query[torch.arange(used), cosine] = 1.5 * torch.sin(speeds * offset)
    query[torch.arange(used) + used, sine] = -1.5 * torch.sin(speeds * offset)
    attention.query.weight[rows], attention.key.weight[rows] = query, key
    attention.query.bias[rows] = 0


class Batches:
    """Batches of sentences of like length, some joined, some silent."""

    def __init__(self, corpus: Callable[[], list[Piece]], dice: random.Random) -> None:
        self._corpus, self._dice = corpus, dice
        self._ready: list[list[Piece]] = []

    def next(self, size: int) -> list[Piece]:
        """The next batch of about so many sentences."""
        if not self._ready:
            dice, all_pieces = self._dice, self._corpus()
            order = sorted(
                dice.sample(range(len(all_pieces)), len(all_pieces)), key=lambda n: all_pieces[n].mel.shape[1] // 40
            )
            self._ready = [[all_pieces[n] for n in order[i : i + size]] for i in range(0, len(order), size)]
            dice.shuffle(self._ready)
        batch = self._ready.pop()
        if self._dice.random() < JOINED:
            others = self._dice.sample(batch, len(batch))
            batch = [
                joined(a, b, self._dice.randint(5, 40))
                for a, b in zip(batch, others, strict=True)
                if len(a.tokens) < 24
            ][: size // 2] or batch
        return [silence(self._dice) if self._dice.random() < SILENT else piece for piece in batch]


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
