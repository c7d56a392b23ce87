"""What the clock does to dispatch: one command call per row that is due, by the time of the database."""

from celery import shared_task

from backend import clock
from backend.dispatch import training
from backend.dispatch.commands import acceptance, drafts, help_requests, offers, waves
from backend.dispatch.models import Offer, RequestDraft, WaveSeries
from backend.dispatch.queries import overdue
from backend.journal import batches
from backend.ticks import each


@shared_task(name="dispatch.expire_offers")
def expire_offers() -> None:
    """Expire what nobody answered in time."""
    now = clock.database_now()
    due = Offer.objects.pending().filter(expires_at__lte=now).values_list("pk", flat=True)
    each(due, lambda pk: offers.expire_offer(offer_id=pk, by=None, now=now))


@shared_task(name="dispatch.next_wave")
def next_wave() -> None:
    """Look after every request whose next wave is due."""
    now = clock.database_now()
    due = WaveSeries.objects.due(now=now).values_list("pk", flat=True)
    each(due, lambda pk: waves.send_next_wave(series_id=pk, by=None, now=now))


@shared_task(name="dispatch.train_acceptance")
def train_acceptance() -> None:
    """Learn anew from the answers where it has not been done this night."""
    now = clock.database_now()
    broken = each(
        training.due(now=now),
        lambda office: acceptance.train_acceptance(office_id=office, by=None, now=now),
    )
    if not broken:
        batches.succeeded("training", at=now)


@shared_task(name="dispatch.close_unfilled")
def close_unfilled() -> None:
    """Close open requests whose every date has begun."""
    now = clock.database_now()
    due = overdue(now=now).values_list("pk", flat=True)
    each(due, lambda pk: help_requests.close_unfilled(help_request_id=pk, by=None, now=now))


@shared_task(name="dispatch.forget_drafts")
def forget_drafts() -> None:
    """Delete requests that were begun and never sent, when their time is over."""
    now = clock.database_now()
    due = RequestDraft.objects.outdated(now=now).values_list("pk", flat=True)
    each(due, lambda pk: drafts.forget_draft(draft_id=pk, by=None, now=now))
