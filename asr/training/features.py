"""Features as Vosk computes them: 40 cepstra of 40 mel bins, 20–7600 Hz, 100 a second, no dither."""

import numpy as np
from kaldi_native_fbank import MfccOptions, OnlineMfcc
from numpy.typing import NDArray

from asr.training.sound import RATE, Sound

DIMENSION = 40
SHIFT = 160
MFCC_CONF = """--use-energy=false
--num-mel-bins=40
--num-ceps=40
--low-freq=20
--high-freq=7600
--sample-frequency=16000
--allow-upsample=true
--allow-downsample=true
--dither=0
"""
"""`conf/mfcc.conf` of the model: the same as `_options`."""


def _options() -> MfccOptions:
    options = MfccOptions()
    options.frame_opts.samp_freq = RATE
    options.frame_opts.dither = 0.0
    options.frame_opts.snip_edges = True
    options.mel_opts.num_bins = 40
    options.mel_opts.low_freq = 20
    options.mel_opts.high_freq = 7600
    options.num_ceps = DIMENSION
    options.use_energy = False
    return options


_OPTIONS = _options()


def mfcc(sound: Sound) -> NDArray[np.float32]:
    """(frames, 40) of mono sound at 16 kHz, samples within ±1."""
    extractor = OnlineMfcc(_OPTIONS)
    extractor.accept_waveform(RATE, (sound * 32768.0).tolist())
    extractor.input_finished()
    frames = [extractor.get_frame(i) for i in range(extractor.num_frames_ready)]
    return np.asarray(frames, np.float32).reshape(-1, DIMENSION)


def mel(sound: Sound) -> NDArray[np.float32]:
    """(80, frames) as Whisper hears it, 100 frames a second."""
    import torch
    import whisper

    torch.set_num_threads(1)
    return np.asarray(whisper.log_mel_spectrogram(torch.from_numpy(sound)).numpy(), np.float32)
