"""What a message is made of: facts that may be said to its reader, and what is attached."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from email.mime.base import MIMEBase
from typing import Any

from notifications.models import Delivery


@dataclass(frozen=True)
class Content:
    """`facts` are words, numbers and addresses of pages: never rows, so that no template can reach further."""

    facts: Mapping[str, Any] = field(default_factory=dict)
    attachments: tuple[MIMEBase, ...] = ()
    to: str = ""  # where the recipient was reached before; else the address of today


# From the delivery and its subject as they are now; None when there is nothing left to tell.
Writer = Callable[[Delivery, Any, datetime], Content | None]
