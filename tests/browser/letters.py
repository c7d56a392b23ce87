"""Which messages has the mail catcher caught, and what do they say?"""

import re
import time
from email import message_from_bytes, policy
from pathlib import Path

PATIENCE_SECONDS = 60
CODE = re.compile(r"\b[A-Z0-9]{3,4}-[A-Z0-9]{3,4}\b|\b\d{6}\b")
LINK = re.compile(r"https?://\S+")


def wait_for(folder: Path, to: str, words: str, *, count: int = 1) -> list[str]:
    """The texts of the messages to this address that have these words in them, latest first."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while len(found := _letters(folder, to, words)) < count:
        assert time.monotonic() < deadline, f"no message to {to or 'anybody'} with “{words}”"
        time.sleep(0.2)
    return found


def _letters(folder: Path, to: str, words: str) -> list[str]:
    found = []
    for path in sorted(folder.glob("*.eml"), reverse=True):
        message = message_from_bytes(path.read_bytes(), policy=policy.default)
        body = message.get_body(("plain",))
        files = " ".join(part.get_filename() or "" for part in message.iter_attachments())
        text = f"{message['Subject']}\n{body.get_content() if body else ''}\n{files}"
        if to in str(message["To"]) and words in text:
            found.append(f"To: {message['To']}\n{text}")
    return found


def newer(folder: Path, to: str, *, than: int) -> str:
    """The latest message to this address, once there are more messages than so many."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        fresh = sorted(folder.glob("*.eml"))[than:]
        for path in reversed(fresh):
            message = message_from_bytes(path.read_bytes(), policy=policy.default)
            body = message.get_body(("plain",))
            if to in str(message["To"]) and body:
                return str(body.get_content())
        assert time.monotonic() < deadline, f"no new message to {to}"
        time.sleep(0.2)
