"""A Whisper checkpoint as a folder for faster-whisper: model.bin for CTranslate2, vocabulary.json, tokenizer.json. No network."""

import base64
import itertools
import json
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np

from asr.errors import ModelMissing

QUANTIZATION = "float32"
CONTEXT_FILE = "context.json"
"""How many tokens the decoder can hold: faster-whisper takes 448 for granted."""


def convert(checkpoint: Path, target: Path) -> None:
    """Writes the folder. ModelMissing for what is no checkpoint."""
    try:
        import torch
        from ctranslate2.specs import whisper_spec
        from whisper.tokenizer import get_tokenizer
    except ImportError:
        raise ModelMissing("the package openai-whisper is missing: python3 scripts/setup.py whisper") from None
    try:
        kept = torch.load(checkpoint, map_location="cpu", weights_only=True)
        dims, state = kept["dims"], {k: v.float().numpy() for k, v in kept["model_state_dict"].items()}
    except Exception:
        raise ModelMissing(f"{checkpoint} is no Whisper checkpoint") from None
    spec = whisper_spec.WhisperSpec(
        dims["n_audio_layer"], dims["n_audio_head"], dims["n_text_layer"], dims["n_text_head"]
    )
    _encoder(spec.encoder, state, dims["n_audio_layer"])
    _decoder(spec.decoder, state, dims["n_text_layer"])
    tokenizer = get_tokenizer(True, num_languages=dims["n_vocab"] - 51_765 - 1, language="zh", task="transcribe")
    _config(spec.config, tokenizer, dims)
    target.mkdir(parents=True, exist_ok=True)
    ranks = _ranks()
    special = {int(number): token for token, number in tokenizer.special_tokens.items()}
    tokens = [_written(token) for token in ranks]
    tokens += [special[n] for n in range(len(tokens), dims["n_vocab"])]
    spec.register_vocabulary(tokens)
    spec.validate()
    spec.optimize(quantization=QUANTIZATION)
    spec.save(str(target))
    (target / "tokenizer.json").write_text(json.dumps(_tokenizer(ranks, special), ensure_ascii=False), encoding="utf-8")
    (target / CONTEXT_FILE).write_text(json.dumps({"n_text_ctx": dims["n_text_ctx"]}))
    if dims["n_mels"] != 80:
        (target / "preprocessor_config.json").write_text(json.dumps({"feature_size": dims["n_mels"]}))


def _linear(spec: Any, state: dict[str, Any], *names: str) -> None:
    """One linear layer, or several of the same input as one; keys have no bias in Whisper."""
    weights = [state[f"{name}.weight"] for name in names]
    spec.weight = np.concatenate(weights)
    spec.bias = np.concatenate(
        [state.get(f"{name}.bias", np.zeros(len(w), np.float32)) for name, w in zip(names, weights, strict=True)]
    )


def _norm(spec: Any, state: dict[str, Any], name: str) -> None:
    spec.gamma, spec.beta = state[f"{name}.weight"], state[f"{name}.bias"]


def _layer(spec: Any, state: dict[str, Any], name: str) -> None:
    attention = spec.self_attention
    _norm(attention.layer_norm, state, f"{name}.attn_ln")
    _linear(attention.linear[0], state, f"{name}.attn.query", f"{name}.attn.key", f"{name}.attn.value")
    _linear(attention.linear[1], state, f"{name}.attn.out")
    _norm(spec.ffn.layer_norm, state, f"{name}.mlp_ln")
    _linear(spec.ffn.linear_0, state, f"{name}.mlp.0")
    _linear(spec.ffn.linear_1, state, f"{name}.mlp.2")


def _encoder(spec: Any, state: dict[str, Any], layers: int) -> None:
    for n, name in ((1, "conv1"), (2, "conv2")):
        convolution = getattr(spec, f"conv{n}")
        convolution.weight, convolution.bias = state[f"encoder.{name}.weight"], state[f"encoder.{name}.bias"]
    spec.position_encodings.encodings = state["encoder.positional_embedding"]
    for n in range(layers):
        _layer(spec.layer[n], state, f"encoder.blocks.{n}")
    _norm(spec.layer_norm, state, "encoder.ln_post")


def _decoder(spec: Any, state: dict[str, Any], layers: int) -> None:
    spec.embeddings.weight = state["decoder.token_embedding.weight"]
    spec.position_encodings.encodings = state["decoder.positional_embedding"]
    for n in range(layers):
        name = f"decoder.blocks.{n}"
        _layer(spec.layer[n], state, name)
        crossed = spec.layer[n].attention
        _norm(crossed.layer_norm, state, f"{name}.cross_attn_ln")
        _linear(crossed.linear[0], state, f"{name}.cross_attn.query")
        _linear(crossed.linear[1], state, f"{name}.cross_attn.key", f"{name}.cross_attn.value")
        _linear(crossed.linear[2], state, f"{name}.cross_attn.out")
    _norm(spec.layer_norm, state, "decoder.ln")
    spec.projection.weight = state["decoder.token_embedding.weight"]


def _config(config: Any, tokenizer: Any, dims: dict[str, int]) -> None:
    config.suppress_ids = sorted({*tokenizer.non_speech_tokens, tokenizer.sot, tokenizer.no_speech})
    config.suppress_ids_begin = [*tokenizer.encode(" "), tokenizer.eot]
    config.lang_ids = list(tokenizer.all_language_tokens)
    layers, heads = dims["n_text_layer"], dims["n_text_head"]
    config.alignment_heads = [list(pair) for pair in itertools.product(range(layers // 2, layers), range(heads))]


def _ranks() -> dict[bytes, int]:
    """The byte pairs that the package openai-whisper carries."""
    lines = (files("whisper") / "assets" / "multilingual.tiktoken").read_text().splitlines()
    return {base64.b64decode(token): int(rank) for token, rank in (line.split() for line in lines if line)}


def _written(token: bytes) -> str:
    """GPT-2's way of writing bytes as visible characters."""
    return "".join(_VISIBLE[b] for b in token)


def _visible() -> list[str]:
    shown = {*range(ord("!"), ord("~") + 1), *range(ord("¡"), ord("¬") + 1), *range(ord("®"), ord("ÿ") + 1)}
    more = iter(range(256, 512))
    return [chr(b) if b in shown else chr(next(more)) for b in range(256)]


_VISIBLE = _visible()


def _pair(token: bytes, ranks: dict[bytes, int]) -> tuple[bytes, bytes]:
    """The two tokens that were merged into this one."""
    parts = [bytes([b]) for b in token]
    while len(parts) > 2:
        merged = [ranks.get(a + b, 1 << 30) for a, b in itertools.pairwise(parts)]
        at = min(range(len(merged)), key=merged.__getitem__)
        parts[at : at + 2] = [parts[at] + parts[at + 1]]
    return parts[0], parts[1]


def _tokenizer(ranks: dict[bytes, int], special: dict[int, str]) -> dict[str, Any]:
    """`tokenizer.json` of the package tokenizers."""
    merges = [_pair(token, ranks) for token in sorted(ranks, key=ranks.__getitem__) if len(token) > 1]
    added = [
        {"id": n, "content": token, "single_word": False, "lstrip": False, "rstrip": False, "normalized": False, "special": True}
        for n, token in sorted(special.items())
    ]  # fmt: skip
    return {
        "version": "1.0",
        "added_tokens": added,
        "pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": True},
        "decoder": {"type": "ByteLevel", "add_prefix_space": True, "trim_offsets": True, "use_regex": True},
        "model": {
            "type": "BPE",
            "vocab": {_written(token): rank for token, rank in ranks.items()},
            "merges": [[_written(a), _written(b)] for a, b in merges],
        },
    }
