"""The demo's staff have a second step as everywhere; its code stands in the demo's mailbox, where their mails are."""

from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value, yield_hotp_counters_from_time

from backend.accounts.models import User

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"  # noqa: S105 - everybody's: it guards invented people only


def give_second_step(user: User) -> None:
    """An app with codes, set up already."""
    TOTP.activate(user, SECRET)


def current_code() -> str:
    """What such an app would show now."""
    return str(format_hotp_value(hotp_value(SECRET, next(yield_hotp_counters_from_time()))))
