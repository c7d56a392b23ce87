"""What the clock does to dispatch: one command call per row that is due."""

import logging
from collections.abc import Callable, Iterable
from uuid import UUID

from celery import shared_task
from django.utils import timezone

from backend.dispatch.commands import help_requests, offers
from backend.dispatch.models import Offer
from backend.dispatch.queries import overdue
from backend.errors import DomainError

logger = logging.getLogger(__name__)


@shared_task(name="dispatch.expire_offers")
def expire_offers() -> None:
    """Expire what nobody answered in time."""
    now = timezone.now()
    due = Offer.objects.pending().filter(expires_at__lte=now).values_list("pk", flat=True)
    _each(due, lambda pk: offers.expire_offer(offer_id=pk, by=None, now=now))


@shared_task(name="dispatch.close_unfilled")
def close_unfilled() -> None:
    """Close open requests whose every date has begun."""
    now = timezone.now()
    due = overdue(now=now).values_list("pk", flat=True)
    _each(due, lambda pk: help_requests.close_unfilled(help_request_id=pk, by=None, now=now))


def _each(ids: Iterable[UUID], act: Callable[[UUID], object]) -> None:
    """One row that refuses does not stop the others; it is due again at the next tick."""
    for pk in list(ids):
        try:
            act(pk)
        except DomainError as error:
            logger.info("skipped id=%s code=%s", pk, error.code)
