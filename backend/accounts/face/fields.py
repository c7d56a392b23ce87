"""Which fields of an office do its visitors see: its look, its languages, its legal pages?"""

from django.contrib.postgres.fields import ArrayField
from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

# Presets for an office in Lower Saxony; other states have bodies of their own, which an office writes here.
ENFORCEMENT_BODY = (
    "Schlichtungsstelle nach § 9 d NBGG beim Niedersächsischen Ministerium für Soziales, Arbeit, Gesundheit und "
    "Gleichstellung\nHannah-Arendt-Platz 2, 30159 Hannover\n"
    "https://www.ms.niedersachsen.de"
)
SUPERVISORY_AUTHORITY = (
    "Der Landesbeauftragte für den Datenschutz Niedersachsen\nPrinzenstraße 5, 30159 Hannover\n"
    "https://www.lfd.niedersachsen.de"
)


class AccessibilityStatus(models.TextChoices):
    """The three answers of Implementing Decision (EU) 2018/1523."""

    FULL = "full", _("fully accessible")
    PARTIAL = "partial", _("partly accessible")
    NONE = "none", _("not accessible")


class PublicFace(models.Model):
    """The fields of an office that its visitors see. An empty colour is the product's own."""

    colour = models.CharField(max_length=7, blank=True, validators=[RegexValidator(r"^#[0-9a-f]{6}$")])
    host = models.CharField(max_length=120, blank=True)  # the domain under which visitors find this office
    languages = ArrayField(
        models.CharField(max_length=8), default=list, blank=True
    )  # switched on after review
    carrier = models.CharField(max_length=160, blank=True)  # the municipality behind it
    represented_by = models.CharField(max_length=160, blank=True)  # the function that answers for it
    street = models.CharField(max_length=120, blank=True)
    postcode = models.CharField(max_length=5, blank=True)
    place = models.CharField(max_length=80, blank=True)
    privacy_contact = models.TextField(max_length=600, blank=True)
    supervisory_authority = models.TextField(max_length=600, default=SUPERVISORY_AUTHORITY, blank=True)
    accessibility_status = models.CharField(
        max_length=8, choices=AccessibilityStatus.choices, default=AccessibilityStatus.PARTIAL
    )
    accessibility_gaps = models.TextField(max_length=4000, blank=True)
    accessibility_date = models.DateField(null=True, blank=True)
    enforcement_body = models.TextField(max_length=600, default=ENFORCEMENT_BODY, blank=True)

    FIELDS = (
        "colour", "host", "languages", "carrier", "represented_by", "street", "postcode", "place",
        "privacy_contact", "supervisory_authority", "accessibility_status", "accessibility_gaps",
        "accessibility_date", "enforcement_body",
    )  # fmt: skip

    class Meta:
        abstract = True
