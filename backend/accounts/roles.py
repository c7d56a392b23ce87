"""Which roles there are, and what kinds of organisation ask."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    PILOT = "pilot", _("integration pilot")
    REQUESTER = "requester", _("requester")
    COORDINATOR = "coordinator", _("coordinator")
    ADMIN = "admin", _("administrator")
    AUDITOR = "auditor", _("auditor")


STAFF_ROLES = (Role.COORDINATOR, Role.ADMIN, Role.AUDITOR)
STAFF_CHOICES = [(role.value, role.label) for role in STAFF_ROLES]
OFFICE_ROLES = (Role.PILOT, *STAFF_ROLES)


class OrganisationKind(models.TextChoices):
    AUTHORITY = "authority", _("authority")
    JOBCENTER = "jobcenter", _("Jobcenter")
    SCHOOL = "school", _("school")
    DAYCARE = "daycare", _("daycare")
    HOSPITAL = "hospital", _("hospital or practice")
    ADVICE = "advice", _("advice centre")
    CARRIER = "carrier", _("carrier")
    MIGRANT_ORGANISATION = "migrant_organisation", _("migrant self-organisation")
