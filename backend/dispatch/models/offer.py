"""We ask one pilot to take one help request."""

from datetime import datetime
from uuid import UUID

from django.db import models
from django.db.models import Q

from backend.accounts.models import User
from backend.accounts.roles import Role
from backend.accounts.tokens import digest, new_secret, short_secret
from backend.dispatch.models.acceptance_version import AcceptanceVersion
from backend.dispatch.models.help_request import HelpRequest, HelpRequestSlot
from backend.dispatch.models.match_run import Suggestion
from backend.dispatch.models.wave import Wave
from backend.dispatch.states import OFFER_TRANSITIONS, OfferStatus
from backend.errors import NotThere
from backend.keys import Keyed
from backend.people.models import Pilot
from backend.people.oneself import own_pilot
from backend.states import Stateful, status_has_time, status_is_known

ANSWERED = (OfferStatus.ACCEPTED, OfferStatus.RESERVE, OfferStatus.CHOSEN)


class OfferQuerySet(models.QuerySet["Offer"]):
    def visible_to(self, user: User) -> "OfferQuerySet":
        """The office's own, and those made to oneself."""
        mine = Q(help_request__office__in=user.office_ids(Role.COORDINATOR))
        if pilot := own_pilot(user):
            mine |= Q(pilot=pilot)
        return self.filter(mine)

    def pending(self) -> "OfferQuerySet":
        return self.filter(status=OfferStatus.PENDING)

    def saying_yes(self) -> "OfferQuerySet":
        """Those on which the office may count, as `policies.still_says_yes` has it."""
        asked_again = Q(status=OfferStatus.RESERVE, reaffirmed_at__isnull=False)
        return self.filter(Q(status=OfferStatus.ACCEPTED) | asked_again)

    def lock_with_request(self, offer_id: UUID, *, hold_pilot: bool = False) -> "Offer":
        """The offer, with its request locked first, so that rivals queue up behind one row.

        With `hold_pilot` the pilot cannot be erased or change before the transaction ends.
        """
        row = self.filter(pk=offer_id).values_list("help_request_id", "pilot_id").first()
        if row is None:
            raise NotThere("offer_unknown")
        help_request = HelpRequest.objects.lock(row[0])
        if hold_pilot:
            Pilot.objects.hold([row[1]])
        offer = self.select_for_update(of=("self",)).select_related("pilot").get(pk=offer_id)
        offer.help_request = help_request
        return offer


class Offer(Keyed, Stateful):
    TRANSITIONS = OFFER_TRANSITIONS
    STATUS_TIMES = {
        OfferStatus.ACCEPTED: "accepted_at",
        OfferStatus.DECLINED: "declined_at",
        OfferStatus.RETRACTED: "retracted_at",
        OfferStatus.EXPIRED: "expired_at",
        OfferStatus.CHOSEN: "chosen_at",
        OfferStatus.RESERVE: "reserved_at",
    }

    help_request = models.ForeignKey(HelpRequest, on_delete=models.CASCADE, related_name="offers")
    pilot = models.ForeignKey(Pilot, on_delete=models.PROTECT, related_name="offers")
    suggestion = models.ForeignKey(Suggestion, on_delete=models.SET_NULL, null=True, related_name="+")
    slots = models.ManyToManyField(HelpRequestSlot, related_name="offers")
    status = models.CharField(max_length=10, choices=OfferStatus.choices, default=OfferStatus.PENDING)
    accepted_slot = models.ForeignKey(HelpRequestSlot, on_delete=models.PROTECT, null=True, related_name="+")
    wave = models.ForeignKey(Wave, on_delete=models.SET_NULL, null=True, related_name="offers")
    features = models.JSONField(null=True)  # what was known when asking, by name: training never looks back
    chance = models.FloatField(null=True)  # of a yes, as `acceptance_version` saw it then
    acceptance_version = models.ForeignKey(
        AcceptanceVersion, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    declined_at = models.DateTimeField(null=True)
    retracted_at = models.DateTimeField(null=True)
    expired_at = models.DateTimeField(null=True)
    chosen_at = models.DateTimeField(null=True)
    reserved_at = models.DateTimeField(null=True)
    reaffirmed_at = models.DateTimeField(null=True)  # a reserve asked again after a drop-out said "still yes"

    objects = OfferQuerySet.as_manager()

    class Meta:
        ordering = ["made_at", "pk"]
        indexes = [
            models.Index(fields=["expires_at"], condition=Q(status="PENDING"), name="offer_expiry"),
            models.Index(fields=["pilot", "status"], name="offer_of_pilot"),
        ]
        constraints = [
            status_is_known(OfferStatus, "offer_status"),
            models.UniqueConstraint(
                "help_request", "pilot", condition=Q(status="PENDING"), name="offer_already_pending"
            ),
            models.CheckConstraint(
                condition=~Q(status__in=[s.value for s in ANSWERED]) | Q(accepted_slot__isnull=False),
                name="offer_accepted_slot",
            ),
            *(
                status_has_time(status, field, f"offer_{field}")
                for status, field in (
                    (OfferStatus.ACCEPTED, "accepted_at"),
                    (OfferStatus.DECLINED, "declined_at"),
                    (OfferStatus.RETRACTED, "retracted_at"),
                    (OfferStatus.EXPIRED, "expired_at"),
                    (OfferStatus.CHOSEN, "chosen_at"),
                    (OfferStatus.RESERVE, "reserved_at"),
                )
            ),
        ]

    class Privacy:
        personal = ("pilot", "features", "chance")
        plain = (
            "id", "help_request", "suggestion", "wave", "acceptance_version", "slots", "status", "accepted_slot",
            "made_by", "made_at", "expires_at", "accepted_at", "declined_at", "retracted_at", "expired_at",
            "chosen_at", "reserved_at", "reaffirmed_at",
        )  # fmt: skip
        keep_for = "90 days"
        counted_from = "the question, once the request is closed"
        at_the_end = "counted"
        office = "help_request__office"
        office_period = "offers"

    @property
    def timeline_id(self) -> UUID:
        return self.help_request_id

    @property
    def office_id(self) -> UUID:
        return self.help_request.office_id

    def new_link(self, *, at: datetime, short: bool = False) -> str:
        """A fresh secret that opens this offer; the table keeps its hash alone.

        It outlives the offer until the last date has begun, so that a late reader gets an honest answer. A short one
        (128 random bits) is for an SMS, which has no room for more.
        """
        secret = short_secret() if short else new_secret()
        last = max(slot.starts_at for slot in self.slots.all())
        AnswerLink.objects.create(offer=self, hash=digest(secret), created_at=at, expires_at=last)
        return secret

    @property
    def is_outdated(self) -> bool:
        """It ran out before the request was changed: what it asked for is not what is asked for now."""
        anew = self.help_request.asked_anew_at
        return self.status == OfferStatus.EXPIRED and anew is not None and self.made_at < anew

    def newer(self) -> OfferQuerySet:
        """Later offers of the same request to the same pilot, who was asked again after this one expired."""
        return Offer.objects.filter(
            help_request=self.help_request_id, pilot=self.pilot_id, made_at__gt=self.made_at
        )

    def accept(self, slot: HelpRequestSlot, *, at: datetime) -> None:
        """Note that the pilot would take it, with the date the pilot can make."""
        self.move_to(OfferStatus.ACCEPTED, at=at, accepted_slot=slot)


class AnswerLink(Keyed):
    """A link in a message that opens one offer without signing in. Only the hash of its secret is stored."""

    offer = models.ForeignKey(Offer, on_delete=models.CASCADE, related_name="links")
    hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Privacy:
        personal = ()
        plain = ("id", "offer", "hash", "created_at", "expires_at", "used_at")
        keep_for = "90 days"
        counted_from = "expires_at"
        office = "offer__help_request__office"
        office_period = "offers"
