"""A person accompanied: a case key, languages and needs; no name unless the person registered alone."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from backend.accounts.models import Office, Organisation, User
from backend.accounts.roles import Role
from backend.keys import Keyed
from backend.people.codes import Gender, Topic
from backend.people.models.identity import Identity
from backend.people.models.place import Place


class HelpSeekerQuerySet(models.QuerySet["HelpSeeker"]):
    def visible_to(self, user: User) -> "HelpSeekerQuerySet":
        """The office's, those of one's own organisations, and oneself."""
        return self.filter(
            Q(office__in=user.office_ids(Role.COORDINATOR))
            | Q(organisation__in=user.organisation_ids())
            | Q(user=user)
        )


class HelpSeeker(Keyed):
    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="help_seekers")
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, related_name="help_seekers"
    )
    user = models.OneToOneField(User, on_delete=models.PROTECT, null=True, related_name="help_seeker")
    identity = models.OneToOneField(Identity, on_delete=models.PROTECT, null=True, related_name="help_seeker")
    case_key = models.CharField(max_length=40)
    languages = ArrayField(models.CharField(max_length=16))
    home = models.OneToOneField(Place, on_delete=models.PROTECT, related_name="+")
    needs = ArrayField(models.CharField(max_length=20, choices=Topic.choices), default=list, blank=True)
    gender_wish = models.CharField(max_length=1, choices=Gender.choices, blank=True)
    registered_at = models.DateTimeField()

    objects = HelpSeekerQuerySet.as_manager()

    class Meta:
        ordering = ["-registered_at", "-pk"]
        constraints = [
            # A key is an organisation's own: two of them may use the same one and must not learn of each other.
            models.UniqueConstraint(
                F("office"), F("organisation"), F("case_key"), name="case_key_taken", nulls_distinct=False
            ),
            models.CheckConstraint(condition=~Q(languages=[]), name="help_seeker_has_language"),
            models.CheckConstraint(
                condition=Q(organisation__isnull=False, user=None) | Q(organisation=None),
                name="help_seeker_origin",
            ),
        ]

    class Privacy:
        personal = ("case_key", "languages", "home", "needs", "gender_wish")
        plain = ("id", "office", "organisation", "user", "identity", "registered_at")
        keep_for = "6 months"
        counted_from = "the last session"
        at_the_end = "erased"
        office_period = "cases"
