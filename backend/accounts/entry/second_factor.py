"""Has whoever sits there proven more than that mail reaches her? Asked of every session that belongs to staff."""

from collections.abc import Mapping
from typing import Any

from allauth.account.internal.flows.login import AUTHENTICATION_METHODS_SESSION_KEY as RECORDS
from django.conf import settings

from backend.accounts.models import User
from backend.accounts.roles import STAFF_ROLES

_RECORDS_OF = "account_authentication_methods_user"  # allauth: whose records they are
ELSEWHERE = "elsewhere"  # the method of a sign-in by a municipality's own service
# What the secret of an app is sealed for: allauth seals before there is a row to bind it to.
APP_SECRET = "mfa_authenticator.data:"  # noqa: S105 - its place, not a secret


def needs_two_steps(user: User) -> bool:
    """Whether the user sees other people's data in an office."""
    return user.has_role(*STAFF_ROLES)


def has_second_factor(session: Mapping[str, Any], user: User) -> bool:
    """Whether a passkey, the app, an emergency code or a strong sign-in elsewhere was part of this session."""
    if session.get(_RECORDS_OF) != str(user.pk):
        return False
    records = session.get(RECORDS)
    return isinstance(records, list) and any(_is_strong(record) for record in records)


def is_half_way(session: Mapping[str, Any], user: User) -> bool:
    """Signed in as one of the staff, without the second step: for every other page that is nobody."""
    return settings.STAFF_SECOND_FACTOR and needs_two_steps(user) and not has_second_factor(session, user)


def _is_strong(record: Mapping[str, Any]) -> bool:
    return record.get("method") == "mfa" or (
        record.get("method") == ELSEWHERE and record.get("strong") is True
    )
