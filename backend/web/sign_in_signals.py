"""What allauth tells of a sign-in while it runs, for pages and apps alike: wrong codes, and a proof given once more.

It offers signals for this and no other place; nothing else here hangs on one.
"""

from typing import Any

from allauth.account.signals import authentication_step_completed, login_code_rejected
from allauth.mfa.signals import authentication_failed
from django.http import HttpRequest
from django.utils import timezone

from backend.accounts.entry.commands.sign_ins import note_guessing
from backend.accounts.models import User
from backend.accounts.registration_limit import within_rate


def wrong_code(sender: Any, *, request: HttpRequest, user: User, **_: Any) -> None:
    """Count it; when there are too many, the owner of the account hears of it once a day.

    The one who guesses sees nothing of that: each wrong code is answered alike, however many there were.
    """
    key = str(user.pk)
    if not within_rate(request, action="guesses", key=key) and within_rate(
        request, action="guesses_told", key=key
    ):
        note_guessing(user_id=user.pk, by=None, now=timezone.now())


def proven_again(sender: Any, *, request: HttpRequest, reauthenticated: bool = False, **_: Any) -> None:
    """With each new proof comes a new key of the session, so that an old one that was seen opens nothing more."""
    if reauthenticated and request.user.is_authenticated:
        request.session.cycle_key()


def listen() -> None:
    """Once, at the start."""
    login_code_rejected.connect(wrong_code)
    authentication_failed.connect(wrong_code)
    authentication_step_completed.connect(proven_again)
