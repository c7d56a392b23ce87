"""What somebody agreed to, in which version, and when."""

from django.db import models
from django.db.models import Q

from backend.accounts.models import User
from backend.keys import Keyed
from backend.people.codes import ConsentKind
from backend.people.models.help_seeker import HelpSeeker


class Consent(Keyed):
    """Consent of a user, or for a help-seeker as attested by the registering organisation.

    Given in a public form it counts once it is confirmed: by the user's first sign-in, which proves the address, or by
    the office, which has seen it on paper.
    """

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="consents")
    help_seeker = models.ForeignKey(HelpSeeker, on_delete=models.CASCADE, null=True, related_name="consents")
    kind = models.CharField(max_length=20, choices=ConsentKind.choices)
    version = models.CharField(max_length=20)
    given_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)
    confirmed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(confirmed_at=None, confirmed_by=None)
                | Q(confirmed_at__isnull=False, confirmed_by__isnull=False),
                name="consent_confirmed",
            )
        ]

    class Privacy:
        personal = ()
        plain = (
            "id", "user", "help_seeker", "kind", "version", "given_at", "confirmed_at", "confirmed_by", "withdrawn_at",
        )  # fmt: skip
        keep_for = "3 years"
        counted_from = "withdrawn_at"
        office = ("help_seeker__office", "user__pilot__office", "user__help_seeker__office")
        office_period = "consents"
