"""What the clock does to accounts: remembered answers are forgotten."""

from celery import shared_task
from django.utils import timezone

from backend.accounts.models import IdempotencyKey


@shared_task(name="accounts.forget_idempotency_keys")
def forget_idempotency_keys() -> None:
    """Delete the answers that no repetition gets any more."""
    IdempotencyKey.objects.filter(created_at__lte=timezone.now() - IdempotencyKey.REMEMBERED).delete()
