"""Makes the demonstration's recognition models: speech spoken by a synthesiser, a Kaldi model for Vosk, a Whisper checkpoint. See make.py."""
