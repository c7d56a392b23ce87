"""What Celery does for messages: look whether there is something to do. Woken after a commit, and by beat."""

import imaplib
import logging
import time

from celery import shared_task
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from backend import clock, stopping
from backend.wake import wake_after_commit
from notifications import outbox, pulse
from notifications.bounces.reading import read_mailbox

logger = logging.getLogger(__name__)

FAN_OUT, SEND_DUE = "notifications.fan_out", "notifications.send_due"
SECONDS_AT_A_TIME = 60  # well below the task's time limit; the rest is for the next task


@shared_task(name=FAN_OUT)
def fan_out() -> None:
    """Turn events into messages, then have the due ones sent."""
    if outbox.fan_out(now=clock.database_now()) == outbox.EVENTS_AT_ONCE:
        wake_after_commit(FAN_OUT)
    wake_after_commit(SEND_DUE)


@shared_task(name=SEND_DUE)
def send_due() -> None:
    """Send what is due; what is left when the time is up, the next task sends."""
    stop_at = time.monotonic() + SECONDS_AT_A_TIME
    outbox.send_due(
        now=clock.database_now(), go_on=lambda: time.monotonic() < stop_at and not stopping.is_asked()
    )
    if time.monotonic() >= stop_at:
        wake_after_commit(SEND_DUE)


@shared_task(name="notifications.read_bounces")
def read_bounces() -> None:
    """Fetch the mails that came back; a mailbox that cannot be read is looked at again with the next tick."""
    if not settings.BOUNCE_MAILBOX:
        return
    try:
        read = read_mailbox(settings.BOUNCE_MAILBOX, now=clock.database_now())
    except (OSError, imaplib.IMAP4.error, ImproperlyConfigured) as error:
        logger.error("bounce_mailbox_unreadable error=%s", type(error).__name__)
        return
    logger.info("bounces_read mails=%s noted=%s left=%s", read.mails, read.noted, read.left)


@shared_task(name="notifications.heartbeat")
def heartbeat() -> None:
    """Prove that beat, broker, worker and database work together."""
    pulse.beat("worker", at=clock.database_now())
