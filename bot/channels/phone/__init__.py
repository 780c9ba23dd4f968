"""The telephone: calls that Asterisk hands over, by AudioSocket or its WebSocket channel, behind one interface (`transport.py`)."""
