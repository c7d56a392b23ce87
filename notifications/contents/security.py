"""What messages about an account's own safety say: what has happened, and what to do where it was somebody else."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from backend.accounts.models import ApiToken, EmailChange, User
from backend.journal.kinds import EventKind
from backend.journal.models import Event
from backend.moments import moment_in_words
from notifications import links
from notifications.contents.content import Content
from notifications.models import Delivery

HAPPENED: dict[str, Promise] = {
    EventKind.SIGNED_IN_ON_NEW_DEVICE: _(
        "Somebody has signed in to your account on a device that we did not know."
    ),
    EventKind.SIGN_IN_GUESSED: _(
        "Somebody has entered wrong codes for your account several times. Further attempts have to wait."
    ),
    EventKind.EMERGENCY_CODE_USED: _(
        "Somebody has signed in to your account with one of your emergency codes."
    ),
    EventKind.SECOND_FACTOR_RESET: _(
        "Your office has taken the second step away from your account. Please set up a new one when you sign in."
    ),
    EventKind.API_TOKEN_ISSUED: _("A key for programs was made for your account."),
}
ADDED: dict[str, Promise] = {
    "passkey": _("A passkey was added to your account."),
    "app": _("An app with codes was added to your account."),
    "emergency_codes": _("New emergency codes were made for your account. The earlier ones no longer work."),
    "elsewhere": _("Your account was linked to the sign-in of your organisation."),
}
REMOVED: dict[str, Promise] = {
    "passkey": _("A passkey was removed from your account."),
    "app": _("The app with codes was removed from your account."),
    "elsewhere": _("Your account is no longer linked to the sign-in of your organisation."),
}


def security_notice(delivery: Delivery, subject: User | ApiToken, now: datetime) -> Content | None:
    """Without addresses, names of devices or of tokens: they stand on the page, behind the sign-in."""
    event = delivery.event
    return Content(
        {"happened": str(_sentence(event)), "when": _when(event.happened_at), "url": links.my_sessions()}
    )


def email_changed(delivery: Delivery, change: EmailChange, now: datetime) -> Content | None:
    """To the address of before; the one of today was proven by a code."""
    return Content({"when": _when(change.changed_at), "url": links.home()}, to=change.old_email)


def _sentence(event: Event) -> Any:
    if event.kind == EventKind.WAY_IN_ADDED:
        return ADDED[event.facts["way"]]
    if event.kind == EventKind.WAY_IN_REMOVED:
        return REMOVED[event.facts["way"]]
    return HAPPENED[event.kind]


def _when(moment: datetime) -> str:
    return moment_in_words(moment, settings.TIME_ZONE, short=False)
