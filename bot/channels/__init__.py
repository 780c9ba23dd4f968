"""The doors: HTTP, the page, the terminal. Each turns its own messages into the conversation's."""
