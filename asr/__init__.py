"""Speech: engines that transcribe it, behind one port. Nothing is here yet; the channels of this version take text."""
