"""Speech: one port for recognition engines, one for voices, and the sound between them. Knows nothing of tickets or citizens."""
