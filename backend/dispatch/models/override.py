"""An office has asked a pilot although rules spoke against it: which rules, and why, in the coordinator's words."""

from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from backend.accounts.models import User
from backend.dispatch.models.offer import Offer
from backend.encryption import EncryptedTextField
from backend.keys import Keyed


class Override(Keyed):
    """The codes are counted; the note is for the eyes of the office alone."""

    offer = models.OneToOneField(Offer, on_delete=models.CASCADE, related_name="override")
    codes = ArrayField(models.CharField(max_length=20))
    note = EncryptedTextField()
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(codes=[]), name="override_names_rules")]

    class Privacy:
        personal = ("note",)
        plain = ("id", "offer", "codes", "made_by", "made_at")
        keep_for = "90 days"
        counted_from = "made_at"
        at_the_end = "emptied"
        office = "offer__help_request__office"
        office_period = "offers"

    @property
    def office_id(self) -> UUID:
        return self.offer.office_id
