"""With which rules can an office begin? Four that are known to differ; each may be changed afterwards."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from backend.accounts.models import Office


@dataclass(frozen=True)
class Preset:
    """A name, for whom it is meant, and the rules it sets; everything else stays as it is."""

    name: Promise
    meant_for: Promise
    rules: Mapping[str, Any]

    def changes(self, office: Office) -> dict[str, tuple[Any, Any]]:
        """What it would change: rule -> (as it is, as it would be)."""
        return {
            name: (getattr(office, name), value)
            for name, value in self.rules.items()
            if getattr(office, name) != value
        }


PRESETS: dict[str, Preset] = {
    "osnabrueck": Preset(
        _("Osnabrück"),
        _(
            "Town and district with one office; volunteers after a course of 50 hours; clients may register too."
        ),
        {
            "label": "Leitstelle",
            "accepts_self_registration": True,
            "lead_days": 5,
            "offer_lifetime_hours": 48,
            "offers_at_once": 3,
            "default_reach_km": 15,
            "minimum_german_level": 3,
            "course_hours": 50,
            "background_check_years": 3,
            "heavy_topics": ["conflict"],
            "excluded_matters": [],
        },
    ),
    "friesland": Preset(
        _("Landkreis Friesland"),
        _("A rural district: long ways, a shorter course, a little more time to plan."),
        {
            "label": "Koordinierungsstelle",
            "accepts_self_registration": False,
            "lead_days": 7,
            "offer_lifetime_hours": 72,
            "offers_at_once": 3,
            "default_reach_km": 35,
            "travel_buffer_minutes": 45,
            "minimum_german_level": 3,
            "course_hours": 30,
            "background_check_years": 5,
            "heavy_topics": ["conflict"],
            "excluded_matters": [],
        },
    ),
    "jena": Preset(
        _("Jena"),
        _(
            "Language and cultural mediation for carriers, daycare and schools: short ways, organisations only."
        ),
        {
            "label": "Vermittlungsstelle",
            "accepts_self_registration": False,
            "lead_days": 5,
            "offer_lifetime_hours": 48,
            "offers_at_once": 4,
            "default_reach_km": 10,
            "travel_buffer_minutes": 20,
            "minimum_german_level": 4,
            "course_hours": 30,
            "background_check_years": 3,
            "heavy_topics": ["conflict", "health"],
            "excluded_matters": ["written_translation"],
        },
    ),
    "strict_pool": Preset(
        _("Strict pool"),
        _("Trained language mediators: German at C1, asked one after the other, health counts as heavy."),
        {
            "accepts_self_registration": False,
            "lead_days": 7,
            "offer_lifetime_hours": 24,
            "offers_at_once": 1,
            "default_reach_km": 20,
            "minimum_german_level": 5,
            "course_hours": 80,
            "background_check_years": 3,
            "contact_budget_week": 2,
            "heavy_topics": ["conflict", "health"],
            "excluded_matters": ["legal_consequences", "medical", "therapy", "written_translation"],
        },
    ),
}
