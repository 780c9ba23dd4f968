"""Writes `am/final.mdl`: a transition model and an nnet3 network in Kaldi's binary form.

Source: kaldi/src/hmm/transition-model.cc, hmm-topology.cc, nnet3/nnet-nnet.cc, nnet-simple-component.cc, am-nnet-simple.cc.
"""

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Affine:
    """One affine layer over spliced frames: `weight` is (out, len(offsets) × in), columns offset-major; then ReLU, if `relu`."""

    name: str
    offsets: tuple[int, ...]
    weight: Array
    bias: Array
    relu: bool


def _token(text: str) -> bytes:
    return text.encode() + b" "


def _int(value: int) -> bytes:
    return b"\x04" + struct.pack("<i", value)


def _float(value: float) -> bytes:
    return b"\x04" + struct.pack("<f", value)


def _ints(values: Sequence[int]) -> bytes:
    return b"\x04" + struct.pack("<i", len(values)) + struct.pack(f"<{len(values)}i", *values)


def _vector(values: Array) -> bytes:
    return _token("FV") + _int(len(values)) + values.astype("<f4").tobytes()


def _matrix(values: Array) -> bytes:
    return _token("FM") + _int(values.shape[0]) + _int(values.shape[1]) + np.ascontiguousarray(values, "<f4").tobytes()


def transition_model(pdfs: Sequence[int]) -> bytes:
    """Phones 1…n, one emitting state each with a self-loop of 0.5; `pdfs[i]` is phone i+1's."""
    n = len(pdfs)
    states = [(0, [(0, 0.5), (1, 0.5)]), (-1, [])]
    topology = _token("<Topology>") + _ints(range(1, n + 1)) + _ints([-1, *([0] * n)]) + _int(1) + _int(len(states))
    for pdf_class, transitions in states:
        topology += _int(pdf_class) + _int(len(transitions))
        for state, probability in transitions:
            topology += _int(state) + _float(probability)
    topology += _token("</Topology>")
    triples = _token("<Triples>") + _int(n)
    for phone, pdf in enumerate(pdfs, 1):
        triples += _int(phone) + _int(0) + _int(pdf)
    triples += _token("</Triples>")
    log_probabilities = np.full(2 * n + 1, np.log(0.5), np.float32)
    log_probabilities[0] = 0
    return (
        _token("<TransitionModel>")
        + topology
        + triples
        + _token("<LogProbs>")
        + _vector(log_probabilities)
        + _token("</LogProbs>")
        + _token("</TransitionModel>")
    )


def _nonlinear(kind: str, dimension: int) -> bytes:
    empty = _vector(np.zeros(0, np.float32))
    return (
        _token(f"<{kind}>")
        + _token("<Dim>")
        + _int(dimension)
        + _token("<ValueAvg>")
        + empty
        + _token("<DerivAvg>")
        + empty
        + _token("<Count>")
        + b"\x08"
        + struct.pack("<d", 0.0)
        + _token(f"</{kind}>")
    )


def _affine(layer: Affine) -> bytes:
    return (
        _token("<AffineComponent>")
        + _token("<LearningRate>")
        + _float(0.001)
        + _token("<LinearParams>")
        + _matrix(layer.weight)
        + _token("<BiasParams>")
        + _vector(layer.bias)
        + _token("</AffineComponent>")
    )


def _spliced(offsets: tuple[int, ...], source: str) -> str:
    parts = [source if o == 0 else f"Offset({source}, {o})" for o in offsets]
    return parts[0] if len(parts) == 1 else f"Append({', '.join(parts)})"


def network(layers: Sequence[Affine], dimension: int, context: tuple[int, int], priors: Array) -> bytes:
    """The network with its priors and the frames it sees before and after; the last layer gets a log-softmax."""
    lines = [f"input-node name=input dim={dimension}"]
    components: list[tuple[str, bytes]] = []
    source = "input"
    for layer in layers:
        lines.append(f"component-node name={layer.name} component={layer.name} input={_spliced(layer.offsets, source)}")
        components.append((layer.name, _affine(layer)))
        kind = "RectifiedLinearComponent" if layer.relu else "LogSoftmaxComponent"
        source = f"{layer.name}.{'relu' if layer.relu else 'logsoftmax'}"
        lines.append(f"component-node name={source} component={source} input={layer.name}")
        components.append((source, _nonlinear(kind, len(layer.bias))))
    lines.append(f"output-node name=output input={source} objective=linear")
    out = _token("<Nnet3>") + b"\n" + "".join(f"{line}\n" for line in lines).encode() + b"\n"
    out += _token("<NumComponents>") + _int(len(components))
    for name, body in components:
        out += _token("<ComponentName>") + _token(name) + body
    out += _token("</Nnet3>")
    out += _token("<LeftContext>") + _int(context[0]) + _token("<RightContext>") + _int(context[1])
    return out + _token("<Priors>") + _vector(priors)


def write_model(
    path: Path, pdfs: Sequence[int], layers: Sequence[Affine], dimension: int, context: tuple[int, int], priors: Array
) -> None:
    """`am/final.mdl`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"\x00B" + transition_model(pdfs) + network(layers, dimension, context, priors))
