"""What a channel gets to carry: a message in one person's language, ready to send."""

from dataclasses import dataclass
from email.mime.base import MIMEBase


@dataclass(frozen=True)
class Letter:
    """Subject, the same text plain and as HTML, and what is attached."""

    subject: str
    text: str
    html: str
    language: str
    reply_to: str = ""
    url: str = ""  # the page it leads to
    attachments: tuple[MIMEBase, ...] = ()
    unsubscribe_url: str = ""  # where the reader ends messages of this kind, if that is possible
    to: str = ""  # another address than the recipient's own
