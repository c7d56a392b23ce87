"""One message to one person over one channel: whether it is due, on its way, sent or given up. Ids only, no text."""

from urllib.parse import urlsplit

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q

from backend.accounts.models import Office, User
from backend.accounts.permissions import Permission, may
from backend.journal.models import Event
from backend.keys import Keyed
from backend.states import Stateful, status_has_time, status_is_known
from notifications.bounces.models import UndeliverableAddress
from notifications.optional import Unsubscription
from notifications.own_text import MessageText
from notifications.states import DELIVERY_TRANSITIONS, DeliveryStatus, Failure
from notifications.texting.models import SmsNumber, SmsReply

__all__ = [
    "Delivery",
    "Heartbeat",
    "MessageText",
    "SmsNumber",
    "SmsReply",
    "UndeliverableAddress",
    "Unsubscription",
]


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    def visible_to(self, user: User) -> "DeliveryQuerySet":
        """Those of the offices whose deliveries the user may read."""
        offices = {m.office_id for m in user.live_memberships if m.office_id}
        readable = [pk for pk in offices if may(user, Permission.READ_DELIVERIES, office_id=pk)]
        return self.filter(office__in=readable)

    def failed(self) -> "DeliveryQuerySet":
        """What did not get there, over whichever channel."""
        return self.filter(status=DeliveryStatus.FAILED)

    def unheard(self) -> "DeliveryQuerySet":
        """Of those, what comes neither by mail nor by SMS: somebody may have to tell it by phone. A push is an extra,
        on which nobody counts."""
        elsewhere = Delivery.objects.filter(
            event=OuterRef("event"),
            template=OuterRef("template"),
            recipient=OuterRef("recipient"),
            channel__in=("email", "sms"),
            status__in=(DeliveryStatus.DUE, DeliveryStatus.SENDING, DeliveryStatus.SENT),
        )
        return self.failed().filter(~Exists(elsewhere))


class Delivery(Keyed, Stateful):
    """What it says is rendered when it is sent, from the rows as they are then.

    `attempts` counts how often it was handed to the channel, `crashes` how often a worker did not come back from that.
    `owner` is the worker that holds the row until `lease_until`; the database's clock alone rules the lease.
    """

    TRANSITIONS = DELIVERY_TRANSITIONS
    STATUS_TIMES = {
        DeliveryStatus.SENT: "sent_at",
        DeliveryStatus.FAILED: "failed_at",
        DeliveryStatus.DROPPED: "dropped_at",
    }

    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="deliveries")
    template = models.CharField(max_length=40)
    recipient = models.ForeignKey(User, on_delete=models.CASCADE, related_name="deliveries")
    channel = models.CharField(max_length=10)
    subject_type = models.CharField(max_length=40)
    subject_id = models.UUIDField()
    office = models.ForeignKey(Office, on_delete=models.PROTECT, null=True, related_name="deliveries")
    status = models.CharField(max_length=8, choices=DeliveryStatus.choices, default=DeliveryStatus.DUE)
    due_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    crashes = models.PositiveSmallIntegerField(default=0)
    owner = models.UUIDField(null=True)
    lease_until = models.DateTimeField(null=True)
    failure = models.CharField(max_length=12, choices=Failure.choices, blank=True)
    failure_detail = models.CharField(max_length=40, blank=True)
    # Under which an SMS provider knows it; the database fills it for a version that does not know it.
    provider_ref = models.CharField(max_length=64, blank=True, default="", db_default="")
    sent_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)
    dropped_at = models.DateTimeField(null=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        verbose_name_plural = "deliveries"
        indexes = [
            models.Index(fields=["due_at"], condition=Q(status="DUE"), name="delivery_due"),
            models.Index(fields=["lease_until"], condition=Q(status="SENDING"), name="delivery_lease"),
            models.Index(
                fields=["office", "failed_at"], condition=Q(status="FAILED"), name="delivery_failed"
            ),
            models.Index(fields=["subject_id"], name="delivery_subject"),
        ]
        constraints = [
            # The business key: however often an event is fanned out, each person gets each message once.
            models.UniqueConstraint("event", "template", "recipient", "channel", name="delivery_once"),
            status_is_known(DeliveryStatus, "delivery_status"),
            status_has_time(DeliveryStatus.SENT, "sent_at", "delivery_sent_at"),
            status_has_time(DeliveryStatus.FAILED, "failed_at", "delivery_failed_at"),
            status_has_time(DeliveryStatus.DROPPED, "dropped_at", "delivery_dropped_at"),
            models.CheckConstraint(
                condition=Q(status="SENDING", owner__isnull=False, lease_until__isnull=False)
                | ~Q(status="SENDING") & Q(owner=None, lease_until=None),
                name="delivery_owned_while_sending",
            ),
            models.CheckConstraint(
                condition=~Q(status="FAILED") | ~Q(failure=""), name="delivery_failure_named"
            ),
        ]

    class Privacy:
        personal = ("recipient",)
        plain = (
            "id", "event", "template", "channel", "subject_type", "subject_id", "office", "status", "due_at",
            "attempts", "crashes", "owner", "lease_until", "failure", "failure_detail", "provider_ref", "sent_at",
            "failed_at", "dropped_at",
        )  # fmt: skip
        keep_for = "90 days"
        counted_from = ("sent_at", "failed_at", "dropped_at")
        office_period = "deliveries"

    @property
    def message_id(self) -> str:
        """The same for every attempt, so that a mail program shows a double message once."""
        return f"<{self.pk}@{mail_domain()}>"


def mail_domain() -> str:
    """The host that stands behind the @ of message and calendar ids."""
    return urlsplit(settings.BASE_URL).hostname or "localhost"


class PushSubscription(Keyed):
    """One browser that shows our messages by itself (RFC 8030). Its keys serve to write to this browser alone."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="push_subscriptions")
    endpoint = models.CharField(max_length=600, unique=True)
    p256dh = models.CharField(max_length=100)
    auth = models.CharField(max_length=40)
    device = models.CharField(max_length=40)  # "Firefox, Android": by which its owner knows it
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["created_at", "pk"]

    class Privacy:
        personal = ("endpoint", "p256dh", "auth", "device")
        plain = ("id", "user", "created_at")
        keep_for = "as long as the account, or until the browser has ended it"
        counted_from = None


class CalendarFeed(Keyed):
    """The private address under which a calendar program reads somebody's assignments: only its hash is stored."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="calendar_feed")
    hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()

    class Privacy:
        personal = ()
        plain = ("id", "user", "hash", "created_at")
        keep_for = "as long as the account"
        counted_from = "created_at"


class Heartbeat(Keyed):
    """When the workers' queue, or the relay, last proved that it works."""

    sender = models.CharField(max_length=20, unique=True)
    beaten_at = models.DateTimeField()

    class Privacy:
        personal = ()
        plain = ("id", "sender", "beaten_at")
        keep_for = None
        counted_from = None
