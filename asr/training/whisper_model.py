"""A small Whisper, trained from nothing: what it hears and where it looks is told, as the synthesiser knows where every syllable lies.

Three helps beside the usual loss make minutes do instead of days: the encoder names each frame's phone and counts the syllables, and two heads
of every decoder layer look at the character that comes next. They are dropped afterwards; what is kept is a plain Whisper. Sentences are
heard in short windows first, at the end in the 30 s that Whisper always hears.

Only the tokens that occur are trained. Every other token gets the row of one that is never right, which counts in training as often as it
will stand in the vocabulary, so none of them is ever said.
"""

import math
import random
import zipfile
from pathlib import Path

import torch
import torch.multiprocessing
from torch import nn
from torch.nn import functional as F
from whisper.model import ModelDimensions, MultiHeadAttention, Whisper
from whisper.tokenizer import Tokenizer

from asr.training.whisper_pieces import Piece

DIMS = ModelDimensions(
    n_mels=80, n_audio_ctx=1500, n_audio_state=128, n_audio_head=4, n_audio_layer=4,
    n_vocab=51_865, n_text_ctx=96, n_text_state=128, n_text_head=4, n_text_layer=2,
)  # fmt: skip
STAMP = 10
"""Times are learned on a grid of so many of Whisper's 0.02 s steps."""

NEIGHBOURS = ((-2, -1, 1, 2), (-4, -1, 1, 4), (-7, 7))
"""Where the heads of each encoder layer look before anything is learned, in encoder frames of 0.02 s; the other heads look anywhere."""

COUNTED = 40
GUIDED_HEADS = 2
WRONG = 0.08
"""The share of tokens told wrongly to the decoder, so that it listens instead of guessing from what it said."""


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
        whole, part = path.with_suffix(".whole"), path.with_suffix(".part")
        torch.save({"dims": DIMS.__dict__, "model_state_dict": kept}, whole)
        _deflate(whole, part)
        whole.unlink()
        part.rename(path)


def _deflate(stored: Path, deflated: Path) -> None:
    """PyTorch stores its zip file's members as they are; it reads deflated ones as well. The rows of all the tokens that are not trained are
    alike: four fifths of the file go.
    """
    with (
        zipfile.ZipFile(stored) as given,
        zipfile.ZipFile(deflated, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as made,
    ):
        for member in given.infolist():
            made.writestr(member.filename, given.read(member))


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
