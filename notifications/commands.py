"""What people change about deliveries."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.utils import translation

from backend.accounts.models import Office, User
from backend.accounts.permissions import Permission, check, may
from backend.accounts.tokens import digest, new_secret
from backend.errors import NotThere, RuleViolated
from backend.journal.command import command
from backend.journal.kinds import EventKind
from backend.journal.record import record
from notifications import outbox
from notifications.channels.push_service import is_allowed
from notifications.contents import REWORDABLE
from notifications.models import (
    CalendarFeed,
    Delivery,
    MessageText,
    PushSubscription,
    UndeliverableAddress,
    Unsubscription,
)
from notifications.optional import Group, behind
from notifications.pushing import push_is_on
from notifications.states import DeliveryStatus
from notifications.vapid import are_browser_keys
from notifications.wording import checked_wording

BROWSERS_AT_MOST = 10


@command
def retry_delivery(*, delivery_id: UUID, by: User, now: datetime) -> Delivery:
    """Try a failed delivery of one's own office again. An address that took no mail is trusted anew."""
    delivery = _delivery_with(delivery_id, by=by)
    outbox.requeue(delivery, now=now)
    if delivery.channel == "email":
        UndeliverableAddress.objects.filter(user=delivery.recipient_id).delete()
    return delivery


@command
def discard_delivery(*, delivery_id: UUID, by: User, now: datetime) -> Delivery:
    """Give up a failed delivery of one's own office: it was told by phone, or need not be told any more."""
    delivery = _delivery_with(delivery_id, by=by)
    if delivery.status != DeliveryStatus.FAILED:
        raise RuleViolated("delivery_not_failed", status=delivery.status)
    outbox.discard(delivery, now=now)
    return delivery


@command
def end_messages(*, token: str, by: None, now: datetime) -> Unsubscription:
    """Send the reader behind the link no more messages of its group; repeating it changes nothing."""
    user, group = behind(token)
    return Unsubscription.objects.get_or_create(user=user, group=group, defaults={"created_at": now})[0]


@command
def choose_messages(*, unwanted: Collection[str], by: User, now: datetime) -> None:
    """End messages of these groups, and send those of all others."""
    if strangers := set(unwanted) - set(Group.values):
        raise RuleViolated("message_group_unknown", field="wanted", group=sorted(strangers))
    Unsubscription.objects.filter(user=by).exclude(group__in=unwanted).delete()
    for group in unwanted:
        Unsubscription.objects.get_or_create(user=by, group=group, defaults={"created_at": now})


@command
def change_message_text(
    *, office_id: UUID, template: str, language: str, subject: str, body: str, by: User, now: datetime
) -> MessageText:
    """Send this message in the office's own words from now on."""
    office = _office_with(office_id, template, language, by=by)
    with translation.override(language):
        wording = checked_wording(template, subject, body)
    text, _made = MessageText.objects.update_or_create(
        office=office,
        template=template,
        language=language,
        defaults={
            "subject": wording.subject,
            "body": wording.body,
            "changed_by": by,
            "changed_at": now,
        },
    )
    _note(office, template, language, by=by, now=now)
    return text


@command
def restore_standard_text(*, office_id: UUID, template: str, language: str, by: User, now: datetime) -> None:
    """Send this message in our words again."""
    office = _office_with(office_id, template, language, by=by)
    own = MessageText.objects.filter(office=office, template=template, language=language)
    if own.delete()[0]:
        _note(office, template, language, by=by, now=now)


def _delivery_with(delivery_id: UUID, *, by: User) -> Delivery:
    """The delivery, locked, if `by` reads those of its office."""
    delivery = Delivery.objects.select_for_update(of=("self",)).filter(pk=delivery_id).first()
    if delivery is None or not may(by, Permission.READ_DELIVERIES, office_id=delivery.office_id):
        raise NotThere("delivery_unknown")
    return delivery


def _office_with(office_id: UUID, template: str, language: str, *, by: User) -> Office:
    """The office, locked, if `by` administers it and writes this message in this language."""
    office = Office.objects.visible_to(by).select_for_update(no_key=True).filter(pk=office_id).first()
    if office is None:
        raise NotThere("office_unknown")
    check(by, Permission.MANAGE_OFFICE, office_id=office.pk)
    if template not in REWORDABLE or language not in {*settings.WHOLE_LANGUAGES, *office.languages}:
        raise NotThere("message_text_unknown")
    return office


def _note(office: Office, template: str, language: str, *, by: User, now: datetime) -> None:
    record(
        EventKind.MESSAGE_TEXT_CHANGED,
        subject=office,
        by=by,
        at=now,
        office_id=office.pk,
        template=template,
        language=language,
    )


@command
def renew_calendar_feed(*, by: User, now: datetime) -> str:
    """Give the user's calendar a new private address, and end the one before; its secret is told once, here."""
    secret = new_secret()
    CalendarFeed.objects.update_or_create(user=by, defaults={"hash": digest(secret), "created_at": now})
    return secret


@command
def end_calendar_feed(*, by: User, now: datetime) -> None:
    """Close the address: calendar programs get nothing from it any more."""
    CalendarFeed.objects.filter(user=by).delete()


@command
def start_push(
    *, endpoint: str, p256dh: str, auth: str, device: str, by: User, now: datetime
) -> PushSubscription:
    """Show this user's messages in this browser too. A browser belongs to whoever signed in there last."""
    if not push_is_on():
        raise RuleViolated("push_is_off")
    if not is_allowed(endpoint) or not are_browser_keys(p256dh, auth):
        raise RuleViolated("push_subscription_malformed")
    others = PushSubscription.objects.filter(user=by).exclude(endpoint=endpoint).order_by("-created_at")
    for surplus in others[BROWSERS_AT_MOST - 1 :]:
        surplus.delete()
    return PushSubscription.objects.update_or_create(
        endpoint=endpoint,
        defaults={"user": by, "p256dh": p256dh, "auth": auth, "device": device[:40], "created_at": now},
    )[0]


@command
def end_push(*, subscription_id: UUID, by: User, now: datetime) -> None:
    """Push to this browser no more."""
    if not PushSubscription.objects.filter(pk=subscription_id, user=by).delete()[0]:
        raise NotThere("push_subscription_unknown")
