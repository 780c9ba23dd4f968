"""Voices of a few hundred bytes in the two forms that sherpa-onnx reads, VITS with a lexicon and Piper: they hum a tone for every phone. For
the tests of the loading.

.speech-venv/bin/python -m asr.training.tiny_voice tests/tiny_voices
"""

import sys
from pathlib import Path
from typing import Any

RATE = 16_000
PHONE = 1600
"""Samples of a phone at the usual speed."""

IPA = "_^$ !',-.:;?abcdefhijklmnopqrstuvwxyzçøŋœɐɑɒɔɕəɚɛɜɡɤɨɪɹɻʂʈʊʌʐʰʲʷˈˌːˑ˞0123456789↓↑→↗↘ɥɯʃʒθð"
"""The phones of Piper's voices, a character each."""

WORDS = {"你": "n i3", "好": "h ao3", "工": "g ong1", "单": "d an1"}


def model(*, piper: bool = False) -> Any:
    """An ONNX graph: (1, phones) and a speed to (1, 1, phones · PHONE · speed) samples, each phone a tone of its own."""
    import numpy as np
    from onnx import TensorProto, checker, helper, numpy_helper

    def tensor(name: str, value: Any) -> Any:
        return numpy_helper.from_array(np.asarray(value), name)

    x, lengths, scales = (
        ("input", "input_lengths", ["scales"])
        if piper
        else ("x", "x_length", ["noise_scale", "length_scale", "noise_scale_w"])
    )
    given = [helper.make_tensor_value_info(x, TensorProto.INT64, [1, "phones"])]
    given += [helper.make_tensor_value_info(lengths, TensorProto.INT64, [1])]
    given += [helper.make_tensor_value_info(name, TensorProto.FLOAT, [3 if piper else 1]) for name in scales]
    constants = [
        tensor("step", np.float32(0.02)), tensor("lowest", np.float32(0.05)), tensor("samples", np.array([PHONE], np.float32)),
        tensor("zero", np.int64(0)), tensor("one", np.int64(1)), tensor("axis", np.array([2], np.int64)),
        tensor("second", np.array([1], np.int64)), tensor("flat", np.array([1, 1, -1], np.int64)), tensor("loudness", np.float32(0.3)),
    ]  # fmt: skip
    nodes = [helper.make_node("Gather", ["scales", "second"], ["length_scale"])] if piper else []
    nodes += [
        helper.make_node("Cast", [x], ["number"], to=TensorProto.FLOAT),
        helper.make_node("Mul", ["number", "step"], ["higher"]),
        helper.make_node("Add", ["higher", "lowest"], ["radians"]),
        helper.make_node("Unsqueeze", ["radians", "axis"], ["column"]),
        helper.make_node("Mul", ["samples", "length_scale"], ["scaled"]),
        helper.make_node("Cast", ["scaled"], ["lengths"], to=TensorProto.INT64),
        helper.make_node("Squeeze", ["lengths"], ["length"]),
        helper.make_node("Range", ["zero", "length", "one"], ["times"]),
        helper.make_node("Cast", ["times"], ["row"], to=TensorProto.FLOAT),
        helper.make_node("Mul", ["column", "row"], ["phase"]),
        helper.make_node("Sin", ["phase"], ["tones"]),
        helper.make_node("Mul", ["tones", "loudness"], ["loud"]),
        helper.make_node("Reshape", ["loud", "flat"], ["y"]),
    ]
    sound = helper.make_tensor_value_info("y", TensorProto.FLOAT, [1, 1, "length"])
    made = helper.make_model(
        helper.make_graph(nodes, "voice", given, [sound], constants), opset_imports=[helper.make_opsetid("", 13)]
    )
    made.ir_version = 8
    told = {
        "model_type": "vits", "comment": "piper" if piper else "tones", "language": "Chinese", "voice": "cmn", "has_espeak": str(int(piper)),
        "add_blank": str(int(piper)), "n_speakers": "1" if piper else "0", "sample_rate": str(RATE), "punctuation": ", . ! ?",
    }  # fmt: skip
    helper.set_model_props(made, told)
    checker.check_model(made)
    return made


def write(folder: Path) -> None:
    """`lexicon/`: `model.onnx`, `tokens.txt`, `lexicon.txt`. `piper/`: the first two."""
    piper, folder = folder / "piper", folder / "lexicon"
    for form in (piper, folder):
        form.mkdir(parents=True, exist_ok=True)
    (piper / "model.onnx").write_bytes(model(piper=True).SerializeToString())
    (piper / "tokens.txt").write_text("".join(f"{phone} {n}\n" for n, phone in enumerate(IPA)), encoding="utf-8")
    (folder / "model.onnx").write_bytes(model().SerializeToString())
    phones = ["_", *dict.fromkeys(phone for word in WORDS.values() for phone in word.split())]
    (folder / "tokens.txt").write_text("".join(f"{phone} {n}\n" for n, phone in enumerate(phones)), encoding="utf-8")
    (folder / "lexicon.txt").write_text("".join(f"{w} {said}\n" for w, said in WORDS.items()), encoding="utf-8")


if __name__ == "__main__":
    write(Path(sys.argv[1]))
