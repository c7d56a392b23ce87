"""Keeps the secrets of private addresses out of the log: whoever reads it must not open what they open."""

import logging
import re

# The link of an offer (in a mail, in an SMS) or an invitation, a calendar's private address, a client's card, whom an
# SMS provider posts to, and whose messages end.
SECRET = re.compile(r"(/(?:angebot|o|einladung|kalender|karte|sms|abmelden)/+)[^/\s?#\"']+")
QUERY = re.compile(r"\?[^\s\"']*")
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


def masked(path: str) -> str:
    """An address as the log may hold it: secrets starred, no query, no sign that could begin a line."""
    return CONTROL.sub("·", QUERY.sub("", SECRET.sub(r"\1*", path)))[:200]


class MaskedAddresses(logging.Filter):
    """Lets every line pass, with a star in place of a secret."""

    def filter(self, record: logging.LogRecord) -> bool:
        try:
            line = record.getMessage()
        except (TypeError, ValueError):  # logged wrongly: logging itself complains of it
            return True
        if SECRET.search(line):
            record.msg, record.args = SECRET.sub(r"\1*", line), None
        return True
