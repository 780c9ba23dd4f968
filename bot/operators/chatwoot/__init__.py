"""Chatwoot as the operators' console: its people work there, and everything they do goes through the same operators' desk."""
