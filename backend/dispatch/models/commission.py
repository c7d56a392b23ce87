"""Who was commissioned, with what, when and by whom: a record that only grows, chained so that a rewriting shows.

Statutory accident cover rests on it. One chain per office, numbered without gaps; ids and salted digests alone, so
that erasing a person breaks nothing. Triggers refuse UPDATE, DELETE and TRUNCATE, and an entry that does not follow
the one before.
"""

from typing import Any
from uuid import UUID

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from backend.accounts.models import Office, User
from backend.accounts.roles import Role
from backend.dispatch import chain
from backend.dispatch.models.assignment import Assignment
from backend.encryption import EncryptedTextField
from backend.keys import Keyed
from backend.people.models import Pilot
from backend.people.oneself import own_pilot


class CommissionKind(models.TextChoices):
    """What an entry tells of an assignment."""

    COMMISSIONED = "COMMISSIONED", _("commissioned")
    CANCELLED = "CANCELLED", _("cancelled")
    COMPLETED = "COMPLETED", _("completed")
    MISSED = "MISSED", _("missed")
    SETTLED = "SETTLED", _("two reports settled")  # the office has said which counts
    # Confirmed before there was a record: as it was found, with no proof of the time.
    ADOPTED = "ADOPTED", _("taken over from before the record")


BEGINS = (CommissionKind.COMMISSIONED, CommissionKind.ADOPTED)


class RuleSet(Keyed):
    """The rules of an office as they stood at a commission, once for all that were made under them."""

    digest = models.CharField(max_length=64, unique=True)
    rules = models.JSONField()
    first_used_at = models.DateTimeField()

    class Privacy:
        personal = ()
        plain = ("id", "digest", "rules", "first_used_at")
        keep_for = None
        counted_from = None


class CommissionQuerySet(models.QuerySet["Commission"]):
    def visible_to(self, user: User) -> "CommissionQuerySet":
        """The office's own, and a pilot's own."""
        mine = Q(office__in=user.office_ids(Role.COORDINATOR))
        if pilot := own_pilot(user):
            mine |= Q(pilot=pilot)
        return self.filter(mine)

    def beginnings(self) -> "CommissionQuerySet":
        """The entries that commission somebody."""
        return self.filter(kind__in=BEGINS)


class Commission(Keyed):
    """One entry. `happened_at` is the clock of the command, `written_at` that of the database.

    Assignments and pilots are named without a foreign key in the database: what is deleted there stays told here.
    """

    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=12, choices=CommissionKind.choices)
    assignment = models.ForeignKey(
        Assignment, on_delete=models.DO_NOTHING, db_constraint=False, related_name="commissions"
    )
    pilot = models.ForeignKey(Pilot, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+")
    actor_id = models.UUIDField(null=True)  # None: the clock
    happened_at = models.DateTimeField()
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    facts = models.JSONField()
    written_at = models.DateTimeField()
    previous = models.CharField(max_length=64)
    digest = models.CharField(max_length=64, unique=True)

    objects = CommissionQuerySet.as_manager()

    class Meta:
        ordering = ["office", "number"]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=CommissionKind.values), name="commission_kind"),
            models.CheckConstraint(condition=Q(number__gte=1), name="commission_number"),
            models.CheckConstraint(
                condition=~Q(kind=CommissionKind.COMMISSIONED) | Q(happened_at__lt=F("starts_at")),
                name="commissioned_before_start",
            ),
            models.CheckConstraint(
                condition=~Q(kind=CommissionKind.COMMISSIONED) | Q(actor_id__isnull=False),
                name="commissioned_by_somebody",
            ),
            models.UniqueConstraint("office", "number", name="commission_number_once"),
            models.UniqueConstraint("office", "previous", name="commission_never_forks"),
            models.UniqueConstraint(
                "assignment", condition=Q(kind__in=[kind.value for kind in BEGINS]), name="commissioned_once"
            ),
        ]
        indexes = [
            models.Index(fields=["office", "starts_at"], name="commission_by_day"),
            models.Index(fields=["pilot", "starts_at"], name="commission_of_pilot"),
        ]

    class Privacy:
        personal = ()
        plain = (
            "id", "office", "number", "kind", "assignment", "pilot", "actor_id", "happened_at", "starts_at",
            "ends_at", "facts", "written_at", "previous", "digest",
        )  # fmt: skip
        keep_for = None
        counted_from = None

    def entry(self) -> dict[str, Any]:
        """All that the digest is made of."""
        return {
            "office": self.office_id,
            "number": self.number,
            "kind": str(self.kind),
            "assignment": self.assignment_id,
            "pilot": self.pilot_id,
            "actor": self.actor_id,
            "happened_at": self.happened_at,
            "starts_at": self.starts_at,
            "ends_at": self.ends_at,
            "facts": self.facts,
            "written_at": self.written_at,
            "previous": self.previous,
        }

    @property
    def right_digest(self) -> str:
        """The digest that the entry must have."""
        return chain.digest_of(self.entry())

    @property
    def reference(self) -> str:
        """How people name the entry: number and the beginning of its digest."""
        return f"{self.number}-{self.digest[:8]}"


class CommissionSalt(Keyed):
    """What makes a salted digest comparable. Erasing the person deletes it; the chain stays whole."""

    class About(models.TextChoices):
        PILOT = "PILOT"
        PLACE = "PLACE"

    commission = models.ForeignKey(Commission, on_delete=models.PROTECT, related_name="salts")
    about = models.CharField(max_length=6, choices=About.choices)
    salt = EncryptedTextField()

    class Meta:
        constraints = [models.UniqueConstraint("commission", "about", name="commission_salt_once")]

    class Privacy:
        personal = ("salt",)
        plain = ("id", "commission", "about")
        keep_for = "as long as the person is known"
        counted_from = None

    @property
    def office_id(self) -> UUID:
        return self.commission.office_id
