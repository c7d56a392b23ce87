"""How a letter reaches browsers (RFC 8030, 8291, 8292): a title and a link, sealed for each of them alone."""

import json
import logging

from pywebpush import WebPusher

from backend.accounts.models import User
from notifications.channels.failed import DeliveryFailed
from notifications.channels.push_service import Answer, Unreachable, deliver
from notifications.letter import Letter
from notifications.models import PushSubscription
from notifications.states import Failure
from notifications.vapid import authorization

logger = logging.getLogger(__name__)

GONE = {404, 410}  # the browser has ended the subscription
BUSY = {408, 425, 429}
KEEP_SECONDS = 24 * 3600  # how long the push service holds it for a phone that is off


def send(letter: Letter, *, to: User, message_id: str) -> None:
    """Push to each of the reader's browsers; returning means that one has it at least. One that is gone is forgotten.

    `message_id` names the message to the browser, so that a double one replaces the first instead of ringing twice.
    """
    payload = {"title": letter.subject, "url": letter.url, "tag": message_id, "lang": letter.language}
    body = json.dumps(payload, ensure_ascii=False).encode()
    known = list(PushSubscription.objects.filter(user=to))
    failures = [failed for subscription in known if (failed := _push(subscription, body)) is not None]
    left = PushSubscription.objects.filter(user=to).count()
    # Only if no browser could be reached: trying again would ring at those that have it.
    if failures and len(failures) == left:
        raise failures[0]
    if known and not left:
        raise DeliveryFailed(Failure.GONE, permanent=True)


def _push(subscription: PushSubscription, body: bytes) -> DeliveryFailed | None:
    try:
        answer = deliver(
            subscription.endpoint, sealed(subscription, body), headers=_headers(subscription.endpoint)
        )
    except Unreachable as error:
        return DeliveryFailed(error.failure, error.detail, permanent=error.permanent)
    except ValueError:  # keys that are none
        subscription.delete()
        return None
    return _judged(subscription, answer)


def sealed(subscription: PushSubscription, body: bytes) -> bytes:
    """The body as only this browser can read it (aes128gcm)."""
    keys = {"p256dh": subscription.p256dh, "auth": subscription.auth}
    pusher = WebPusher({"endpoint": subscription.endpoint, "keys": keys})
    return bytes(pusher.encode(body, "aes128gcm")["body"])


def _headers(endpoint: str) -> dict[str, str]:
    return {
        "Authorization": authorization(endpoint),
        "Content-Encoding": "aes128gcm",
        "Content-Type": "application/octet-stream",
        "TTL": str(KEEP_SECONDS),
        "Urgency": "high",
    }


def _judged(subscription: PushSubscription, answer: Answer) -> DeliveryFailed | None:
    if answer.status in GONE:
        subscription.delete()
        logger.info("push_subscription_gone id=%s", subscription.pk)
        return None
    if 200 <= answer.status < 300:
        return None
    busy = answer.status in BUSY or answer.status >= 500
    failure = Failure.BUSY if busy else Failure.REFUSED
    return DeliveryFailed(failure, str(answer.status), permanent=not busy)
