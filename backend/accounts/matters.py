"""Which matters may an office leave to others, and whom does it name instead?"""

from collections.abc import Mapping

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

HAND_OFF_AT_MOST = 300  # characters


class Matter(models.TextChoices):
    """What volunteers of many an office do not take on."""

    LEGAL_CONSEQUENCES = "legal_consequences", _("a talk with legal consequences")
    MEDICAL = "medical", _("a medical talk")
    THERAPY = "therapy", _("therapy or counselling after violence")
    WRITTEN_TRANSLATION = "written_translation", _("a written translation")
    MINOR_ALONE = "minor_alone", _("a child or young person alone, without a parent or guardian")
    PRIVATE_FLAT = "private_flat", _("an appointment in a private flat")


# What is said where an office has written nothing of its own.
HAND_OFFS: Mapping[str, Promise] = {
    Matter.LEGAL_CONSEQUENCES: _(
        "Court, police, hearings and contracts need a sworn interpreter. The court or authority orders one; ask there."
    ),
    Matter.MEDICAL: _(
        "Diagnoses and treatment need a professional interpreter. Please ask the practice or hospital to order one."
    ),
    Matter.THERAPY: _(
        "Please ask the psychosocial centre for refugees or the practice for a trained interpreter."
    ),
    Matter.WRITTEN_TRANSLATION: _("Please order a sworn translator. The courts keep a public list of them."),
    Matter.MINOR_ALONE: _(
        "Please come with a parent or guardian, or ask the youth welfare office for a professional interpreter."
    ),
    Matter.PRIVATE_FLAT: _(
        "Please choose a public place for the appointment, such as an office, a school or an advice centre."
    ),
}


class Exclusions(models.Model):
    """The fields of an office that say what it leaves to others; `hand_offs` holds its own words by matter."""

    excluded_matters = ArrayField(models.CharField(max_length=24), default=list, blank=True)
    hand_offs = models.JSONField(default=dict, blank=True)

    RULES = ("excluded_matters", "hand_offs")

    class Meta:
        abstract = True

    def hand_off(self, matter: str) -> str:
        """Whom to turn to instead: in the office's words, else in ours in the reader's language."""
        return self.hand_offs.get(matter) or str(HAND_OFFS[Matter(matter)])
