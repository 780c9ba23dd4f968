"""Tickets and where they go: the desk's port, the local desk, drafts, the journal, and the database under them."""
