"""Which languages a pilot speaks and understands, and how well."""

from django.db import models
from django.db.models import Q

from backend.keys import Keyed
from backend.people.codes import CefrLevel
from backend.people.models.pilot import Pilot


class LanguageSkill(Keyed):
    """One language, as a BCP 47 code, with a level for each direction."""

    pilot = models.ForeignKey(Pilot, on_delete=models.CASCADE, related_name="skills")
    language = models.CharField(max_length=16)
    speaks = models.PositiveSmallIntegerField(choices=CefrLevel.choices)
    understands = models.PositiveSmallIntegerField(choices=CefrLevel.choices)

    class Meta:
        ordering = ["-speaks", "language"]
        constraints = [
            models.UniqueConstraint("pilot", "language", name="skill_once"),
            models.CheckConstraint(condition=Q(speaks__lte=6, understands__lte=6), name="skill_level"),
        ]

    class Privacy:
        personal = ("language", "speaks", "understands")
        plain = ("id", "pilot")
        keep_for = "as long as the pilot"
        counted_from = None

    @property
    def level(self) -> int:
        """What interpreting can rely on: the weaker direction."""
        return min(self.speaks, self.understands)
