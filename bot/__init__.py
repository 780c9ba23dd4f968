"""The house itself: channels, the conversation that they share, the command line, and the only wiring."""
