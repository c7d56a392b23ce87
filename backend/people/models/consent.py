"""What somebody agreed to, in which version, and when."""

from django.db import models

from backend.accounts.models import User
from backend.keys import Keyed
from backend.people.codes import ConsentKind
from backend.people.models.help_seeker import HelpSeeker


class Consent(Keyed):
    """Consent of a user, or for a help-seeker as attested by the registering organisation."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="consents")
    help_seeker = models.ForeignKey(HelpSeeker, on_delete=models.CASCADE, null=True, related_name="consents")
    kind = models.CharField(max_length=20, choices=ConsentKind.choices)
    version = models.CharField(max_length=20)
    given_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)

    class Privacy:
        personal = ()
        plain = ("id", "user", "help_seeker", "kind", "version", "given_at", "withdrawn_at")
        keep_for = "3 years"
        counted_from = "withdrawn_at or end of the activity"
