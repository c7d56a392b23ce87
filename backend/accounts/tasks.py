"""What the clock does to accounts each hour: remembered answers are forgotten. All else ends by the nightly run."""

from celery import shared_task

from backend import clock
from backend.accounts.models import IdempotencyKey


@shared_task(name="accounts.forget_idempotency_keys")
def forget_idempotency_keys() -> None:
    """Delete the answers that no repetition gets any more."""
    IdempotencyKey.objects.filter(created_at__lte=clock.database_now() - IdempotencyKey.REMEMBERED).delete()
