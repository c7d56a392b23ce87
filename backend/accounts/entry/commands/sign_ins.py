"""What is noted of signing in, so that the owner of an account hears of what she has not done herself; and its end."""

from datetime import datetime
from uuid import UUID

from allauth.mfa.models import Authenticator

from backend.accounts.commands import lock_member
from backend.accounts.models import EmailChange, KnownBrowser, Session, SignInElsewhere, User
from backend.accounts.tokens import digest
from backend.errors import Conflict, NotThere, RuleViolated
from backend.journal.command import command
from backend.journal.kinds import EventKind
from backend.journal.record import record


@command
def note_sign_in(*, browser: str, by: User, now: datetime) -> bool:
    """Remember the browser by what it carries; True, and a mail, where its owner has signed in by others before."""
    known = KnownBrowser.objects.filter(user=by)
    is_first = not known.exists()
    if known.filter(hash=digest(browser)).update(last_seen_at=now):
        return False
    KnownBrowser.objects.create(user=by, hash=digest(browser), last_seen_at=now)
    if is_first:
        return False
    record(EventKind.SIGNED_IN_ON_NEW_DEVICE, subject=by, by=by, at=now)
    return True


@command
def note_guessing(*, user_id: UUID, by: None, now: datetime) -> None:
    """Somebody tries codes for this account; its owner is told once a day."""
    user = User.objects.filter(pk=user_id, is_active=True).first()
    if user is not None:
        record(EventKind.SIGN_IN_GUESSED, subject=user, by=by, at=now)


@command
def note_emergency_code(*, by: User, now: datetime) -> None:
    """One of the codes for the day on which the phone is lost was used."""
    record(EventKind.EMERGENCY_CODE_USED, subject=by, by=by, at=now)


@command
def note_way_in(*, way: str, added: bool, by: User, now: datetime) -> None:
    """A passkey, an app, emergency codes or a sign-in elsewhere was set up or taken away."""
    if added:
        record(EventKind.WAY_IN_ADDED, subject=by, by=by, at=now, way=way)
    else:
        record(EventKind.WAY_IN_REMOVED, subject=by, by=by, at=now, way=way)


@command
def reset_second_factor(*, membership_id: UUID, by: User, now: datetime) -> None:
    """For a colleague whose phone is lost: everything but her address is forgotten, and she is signed out everywhere.

    The next time she signs in by mail and sets up a new second step.
    """
    member = lock_member(membership_id, by=by)
    if member.user_id == by.pk:
        raise RuleViolated("not_for_oneself")
    Authenticator.objects.filter(user=member.user).delete()
    member.user.sessions.all().delete()
    record(EventKind.SECOND_FACTOR_RESET, subject=member.user, by=by, at=now, office_id=member.office_id)


@command
def end_session(*, session_id: UUID, by: User, now: datetime) -> None:
    """Sign out one of one's own devices; whatever is sent from it from now on counts as nobody's."""
    number, _ = Session.objects.filter(pk=session_id, user=by).delete()
    if not number:
        raise NotThere("session_unknown")
    record(EventKind.SESSIONS_ENDED, subject=by, by=by, at=now, number=1)


@command
def end_other_sessions(*, but: str, by: User, now: datetime) -> int:
    """Sign out everywhere else; `but` is the key of the session that stays."""
    number, _ = by.sessions.exclude(hash=digest(but)).delete()
    if number:
        record(EventKind.SESSIONS_ENDED, subject=by, by=by, at=now, number=number)
    return number


@command
def change_email(*, email: str, by: User, now: datetime) -> User:
    """Take the address that was just proven. The old one hears of it; an address of somebody else is refused."""
    user = User.objects.select_for_update(no_key=True).get(pk=by.pk)
    email = email.strip().lower()
    if email == user.email.lower():
        return user
    if User.objects.filter(email__iexact=email).exclude(pk=user.pk).exists():
        raise Conflict("email_taken")
    change = EmailChange.objects.create(user=user, old_email=user.email, changed_at=now)
    user.email = email
    user.save(update_fields=["email"])
    record(EventKind.EMAIL_CHANGED, subject=change, by=by, at=now)
    return user


@command
def link_sign_in(*, provider: str, subject: str, by: User, now: datetime) -> SignInElsewhere:
    """From now on this account elsewhere signs its owner in here; one of each service."""
    found = SignInElsewhere.objects.filter(provider=provider, subject=subject).first()
    if found is not None and found.user_id != by.pk:
        raise Conflict("sign_in_elsewhere_once")
    SignInElsewhere.objects.filter(provider=provider, user=by).exclude(subject=subject).delete()
    link, is_new = SignInElsewhere.objects.update_or_create(
        provider=provider,
        subject=subject,
        defaults={"last_used_at": now},
        create_defaults={
            "user": by,
            "created_at": now,
            "last_used_at": now,
        },
    )
    if is_new:
        record(EventKind.WAY_IN_ADDED, subject=by, by=by, at=now, way="elsewhere")
    return link


@command
def unlink_sign_in(*, link_id: UUID, by: User, now: datetime) -> None:
    """Take it away; the mail remains as a way in."""
    number, _ = SignInElsewhere.objects.filter(pk=link_id, user=by).delete()
    if not number:
        raise NotThere("sign_in_elsewhere_unknown")
    record(EventKind.WAY_IN_REMOVED, subject=by, by=by, at=now, way="elsewhere")
