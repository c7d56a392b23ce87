"""What happened: audit trail, timeline and outbox in one append-only table."""

from django.db import models

from backend.journal.kinds import EventKind
from backend.keys import Keyed


class EventQuerySet(models.QuerySet["Event"]):
    def unprocessed(self) -> "EventQuerySet":
        """Events nobody has fanned out yet, parked ones excepted."""
        return self.filter(processed_at=None, failed_at=None)

    def timeline_of(self, timeline_id: object) -> "EventQuerySet":
        """All that happened to one thing and its parts, oldest first."""
        return self.filter(timeline_id=timeline_id).order_by("happened_at", "id")


class Event(Keyed):
    """One fact. People are named by id only, so that erasing a person leaves the journal as it is."""

    kind = models.CharField(max_length=40)  # an EventKind; no choices: a new kind shall be no migration
    subject_type = models.CharField(max_length=40)
    subject_id = models.UUIDField()
    timeline_id = models.UUIDField()
    actor_id = models.UUIDField(null=True)
    office_id = models.UUIDField(null=True)
    facts = models.JSONField(default=dict)
    happened_at = models.DateTimeField()
    processed_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)

    objects = EventQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["timeline_id", "happened_at"], name="event_timeline"),
            models.Index(fields=["subject_id"], name="event_subject"),
            models.Index(
                fields=["happened_at"],
                condition=models.Q(processed_at=None, failed_at=None),
                name="event_unprocessed",
            ),
            models.Index(
                fields=["office_id", "happened_at"],
                condition=models.Q(kind=EventKind.HELP_REQUEST_HANDED_OFF.value),
                name="event_handed_off",
            ),
        ]

    class Privacy:
        personal = ()
        plain = (
            "id", "kind", "subject_type", "subject_id", "timeline_id", "actor_id", "office_id", "facts",
            "happened_at", "processed_at", "failed_at",
        )  # fmt: skip
        keep_for = None
        counted_from = None

    def mark_processed(self, *, at: object) -> None:
        """Say that every listener has taken note."""
        Event.objects.filter(pk=self.pk).update(processed_at=at)

    def park(self, *, at: object) -> None:
        """Set aside an event whose rule raised, so that it blocks nobody and an operator sees it."""
        Event.objects.filter(pk=self.pk).update(failed_at=at)


class AccessLog(Keyed):
    """Who opened which sealed data, when and why."""

    reader_id = models.UUIDField()
    subject_type = models.CharField(max_length=40)
    subject_id = models.UUIDField()
    office_id = models.UUIDField(null=True)
    reason = models.CharField(max_length=40)
    read_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["subject_id", "read_at"], name="access_subject")]

    class Privacy:
        personal = ()
        plain = ("id", "reader_id", "subject_type", "subject_id", "office_id", "reason", "read_at")
        keep_for = "12 months"
        counted_from = "read_at"
        office = "office_id"
        office_period = "access_log"


class BatchRun(Keyed):
    """When the work of the night, a backup or a training was last done: what monitoring asks first."""

    name = models.CharField(max_length=40, unique=True)
    succeeded_at = models.DateTimeField()
    seconds = models.FloatField(default=0)

    class Privacy:
        personal = ()
        plain = ("id", "name", "succeeded_at", "seconds")
        keep_for = None
        counted_from = None
