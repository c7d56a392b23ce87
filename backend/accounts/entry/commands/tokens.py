"""What makes and ends tokens: keys for programs that act for a user."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from backend.accounts.entry.second_factor import needs_two_steps
from backend.accounts.models import ApiToken, User
from backend.accounts.tokens import TOKEN_PREFIX, digest, new_secret
from backend.errors import NotPermitted, NotThere, RuleViolated
from backend.journal.command import command
from backend.journal.kinds import EventKind
from backend.journal.record import record

SCOPES = ("read", "requests", "people", "dispatch", "answers")
TOKEN_DAYS_AT_MOST = 366


@dataclass(frozen=True)
class IssuedToken:
    """A token and its secret, which is shown once and never again."""

    token: ApiToken
    secret: str


@command
def issue_api_token(
    *,
    name: str,
    scopes: Collection[str],
    days: int,
    by: User,
    now: datetime,
    is_strong: bool = False,
) -> IssuedToken:
    """Make a token for programs that act as this user, within the scopes.

    `is_strong`: whether a second factor was part of the sign-in; without it no token of the staff opens anything.
    """
    if needs_two_steps(by) and not is_strong:
        raise NotPermitted("second_step_needed")
    strangers = sorted(set(scopes) - set(SCOPES))
    if strangers or not scopes:
        raise RuleViolated("scope_unknown", field="scopes", unknown=strangers, known=list(SCOPES))
    if not 1 <= days <= TOKEN_DAYS_AT_MOST:
        raise RuleViolated("token_lifetime", field="days", at_most=TOKEN_DAYS_AT_MOST)
    secret = TOKEN_PREFIX + new_secret()
    token = ApiToken.objects.create(
        user=by,
        name=name,
        hash=digest(secret),
        scopes=sorted(scopes),
        created_at=now,
        expires_at=now + timedelta(days=days),
        is_strong=is_strong,
    )
    record(EventKind.API_TOKEN_ISSUED, subject=token, by=by, at=now)
    return IssuedToken(token, secret)


@command
def revoke_api_token(*, token_id: UUID, by: User, now: datetime) -> None:
    """End one of the user's own tokens at once."""
    token = ApiToken.objects.select_for_update().filter(pk=token_id, user=by).first()
    if token is None:
        raise NotThere("token_unknown")
    if token.revoked_at is None:
        token.revoked_at = now
        token.save(update_fields=["revoked_at"])
        record(EventKind.API_TOKEN_REVOKED, subject=token, by=by, at=now)
