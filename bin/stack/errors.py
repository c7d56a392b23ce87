"""How does the stack say that it cannot go on?"""


class StackError(Exception):
    """What went wrong and what to do about it, in words for the person at the terminal."""


class Interrupted(Exception):
    """Somebody asked us to stop (Ctrl-C or SIGTERM)."""
