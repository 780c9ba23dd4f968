"""Telegram: python-telegram-bot speaks the Bot API, the conversation's one door does the rest."""
