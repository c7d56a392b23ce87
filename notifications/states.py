"""The states of a delivery."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class DeliveryStatus(models.TextChoices):
    DUE = "DUE", _("waiting to be sent")
    SENDING = "SENDING", _("being sent")
    SENT = "SENT", _("sent")
    FAILED = "FAILED", _("could not be sent")
    DROPPED = "DROPPED", _("no longer needed")


D = DeliveryStatus
DELIVERY_TRANSITIONS: dict[str, frozenset[str]] = {
    D.DUE: frozenset({D.SENDING, D.DROPPED}),
    # Whether it is still relevant is seen by the worker that has claimed it.
    D.SENDING: frozenset({D.SENT, D.DUE, D.FAILED, D.DROPPED}),
    D.FAILED: frozenset({D.DUE, D.DROPPED}),
    D.SENT: frozenset({D.FAILED}),  # taken over by the mail server, and returned later
    D.DROPPED: frozenset(),
}


class Failure(models.TextChoices):
    """Why the last attempt went wrong; `failure_detail` beside it holds a reply code or a type of error."""

    REFUSED = "refused", _("this address or message was refused")
    BUSY = "busy", _("the receiving service asked to try again later")
    TIMEOUT = "timeout", _("the receiving service did not answer in time")
    UNREACHABLE = "unreachable", _("the receiving service could not be reached")
    NOT_ADMITTED = "not_admitted", _("the receiving service did not let us in")
    BOUNCED = "bounced", _("the mail came back as undeliverable")
    HELD_BACK = "held_back", _("not sent, because mail to this address came back before")
    GONE = "gone", _("none of the reader’s devices takes our messages any more")
    CRASHED = "crashed", _("the sending process broke off several times")
    ERROR = "error", _("an error in the program")
