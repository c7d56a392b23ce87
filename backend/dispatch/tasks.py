"""What the clock does to dispatch: one command call per row that is due."""

import logging
from collections.abc import Callable, Iterable
from typing import TypeVar
from uuid import UUID

from celery import shared_task
from django.utils import timezone

from backend.dispatch import training
from backend.dispatch.commands import acceptance, help_requests, offers, waves
from backend.dispatch.models import Offer, WaveSeries
from backend.dispatch.queries import overdue
from backend.errors import DomainError

logger = logging.getLogger(__name__)
Id = TypeVar("Id", bound=UUID | None)


@shared_task(name="dispatch.expire_offers")
def expire_offers() -> None:
    """Expire what nobody answered in time."""
    now = timezone.now()
    due = Offer.objects.pending().filter(expires_at__lte=now).values_list("pk", flat=True)
    _each(due, lambda pk: offers.expire_offer(offer_id=pk, by=None, now=now))


@shared_task(name="dispatch.next_wave")
def next_wave() -> None:
    """Look after every request whose next wave is due."""
    now = timezone.now()
    due = WaveSeries.objects.due(now=now).values_list("pk", flat=True)
    _each(due, lambda pk: waves.send_next_wave(series_id=pk, by=None, now=now))


@shared_task(name="dispatch.train_acceptance")
def train_acceptance() -> None:
    """Learn anew from the answers where it has not been done this night."""
    now = timezone.now()
    _each(
        training.due(now=now),
        lambda office: acceptance.train_acceptance(office_id=office, by=None, now=now),
    )


@shared_task(name="dispatch.close_unfilled")
def close_unfilled() -> None:
    """Close open requests whose every date has begun."""
    now = timezone.now()
    due = overdue(now=now).values_list("pk", flat=True)
    _each(due, lambda pk: help_requests.close_unfilled(help_request_id=pk, by=None, now=now))


def _each(ids: Iterable[Id], act: Callable[[Id], object]) -> None:
    """One row that refuses does not stop the others; it is due again at the next tick."""
    for pk in list(ids):
        try:
            act(pk)
        except DomainError as error:
            logger.info("skipped id=%s code=%s", pk, error.code)
