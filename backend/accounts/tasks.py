"""What the clock does to accounts: remembered answers, sessions and browsers are forgotten."""

from datetime import timedelta

from celery import shared_task

from backend import clock
from backend.accounts.models import EmailChange, IdempotencyKey, KnownBrowser, Session

BROWSERS_KNOWN = timedelta(days=365)
OLD_ADDRESSES_KEPT = timedelta(days=30)


@shared_task(name="accounts.forget_idempotency_keys")
def forget_idempotency_keys() -> None:
    """Delete the answers that no repetition gets any more."""
    IdempotencyKey.objects.filter(created_at__lte=clock.database_now() - IdempotencyKey.REMEMBERED).delete()


@shared_task(name="accounts.forget_sign_ins")
def forget_sign_ins() -> None:
    """Delete sessions that are over, browsers nobody has come back with, and addresses of before."""
    now = clock.database_now()
    Session.objects.over(now=now).delete()
    KnownBrowser.objects.filter(last_seen_at__lte=now - BROWSERS_KNOWN).delete()
    EmailChange.objects.filter(changed_at__lte=now - OLD_ADDRESSES_KEPT).delete()
