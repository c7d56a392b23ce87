"""Mails that came back: what the returned report says, and what follows for the address."""
