"""What may differ between offices, and within which bounds?"""

from collections.abc import Collection, Mapping
from typing import Any

from backend.accounts.matters import HAND_OFF_AT_MOST, Matter
from backend.errors import RuleViolated
from backend.keeping import OFFICE_PERIODS
from geo.address import check_postcode
from geo.models import GazetteerEntry
from matching.weights import Weights, WeightsError

# Whole numbers: the least and the most that makes sense. The database holds some of the lower bounds too.
BOUNDS: Mapping[str, tuple[int, int]] = {
    "offer_lifetime_hours": (1, 336),
    "offers_at_once": (1, 20),
    "travel_buffer_minutes": (0, 240),
    "default_reach_km": (1, 300),
    "lead_days": (0, 60),
    "minimum_german_level": (0, 6),
    "background_check_years": (1, 10),
    "course_hours": (0, 500),
    "reminder_hours": (1, 168),
    "wave_target_percent": (50, 99),
    "message_price_percent": (0, 50),
    "wave_interval_minutes": (15, 1440),
    "contact_budget_week": (1, 50),
    "exploration_percent": (0, 50),
    "quiet_from_hour": (0, 23),
    "quiet_until_hour": (0, 23),
}
OTHERS = (
    "label",
    "email",
    "phone",
    "accepts_self_registration",
    "uses_acceptance_model",
    "heavy_topics",
    "service_postcodes",
    "service_area",
    "weights",
    "excluded_matters",
    "hand_offs",
    "keep_days",
)
CHANGEABLE = frozenset({*BOUNDS, *OTHERS})


def checked_rules(rules: Mapping[str, Any], *, weights: Mapping[str, Any]) -> dict[str, Any]:
    """The rules as they are stored; weights that are not named stay as in `weights`. Raises RuleViolated, GeoError."""
    if strangers := rules.keys() - CHANGEABLE:
        raise TypeError(f"an office has no such rule: {', '.join(sorted(strangers))}")
    checked = dict(rules)
    for name, (least, most) in BOUNDS.items():
        if name in rules and not least <= rules[name] <= most:
            raise RuleViolated("rule_out_of_range", field=name, least=least, at_most=most)
    if "service_postcodes" in rules:
        checked["service_postcodes"] = checked_postcodes(rules["service_postcodes"])
    if "weights" in rules:
        try:
            checked["weights"] = Weights.from_dict({**weights, **rules["weights"]}).to_dict()
        except WeightsError as error:
            raise RuleViolated("weights_invalid", field="weights", problem=str(error)) from error
    if "excluded_matters" in rules:
        checked["excluded_matters"] = _checked_matters(rules["excluded_matters"])
    if "hand_offs" in rules:
        checked["hand_offs"] = _checked_hand_offs(rules["hand_offs"])
    if "keep_days" in rules:
        checked["keep_days"] = _checked_periods(rules["keep_days"])
    return checked


def checked_postcodes(postcodes: Collection[str]) -> list[str]:
    """Sorted, each once, each in the gazetteer: a mistyped one would leave its people without an office."""
    wanted = {check_postcode(postcode) for postcode in postcodes}
    known = GazetteerEntry.objects.filter(postcode__in=wanted).values_list("postcode", flat=True)
    if strangers := sorted(wanted - set(known)):
        raise RuleViolated("postcode_unknown", field="service_postcodes", postcode=", ".join(strangers[:10]))
    return sorted(wanted)


def _checked_matters(matters: Collection[str]) -> list[str]:
    """Each once, in the order in which we list them."""
    if strangers := set(matters) - set(Matter.values):
        raise RuleViolated("matter_unknown", field="excluded_matters", matter=sorted(strangers))
    return [matter for matter in Matter.values if matter in matters]


def _checked_periods(days: Mapping[str, int]) -> dict[str, int]:
    """Days by the name of the period; one that is missing is the preset's."""
    for name, number in days.items():
        bounds = OFFICE_PERIODS.get(name)
        if bounds is None:
            raise RuleViolated("period_unknown", field="keep_days", period=name)
        if not bounds.least <= number <= bounds.most:
            raise RuleViolated("rule_out_of_range", field=name, least=bounds.least, at_most=bounds.most)
    return dict(days)


def _checked_hand_offs(texts: Mapping[str, str]) -> dict[str, str]:
    """The office's own words; where it has none, ours are shown."""
    if strangers := texts.keys() - set(Matter.values):
        raise RuleViolated("matter_unknown", field="hand_offs", matter=sorted(strangers))
    kept = {matter: text.strip() for matter, text in texts.items() if text.strip()}
    if any(len(text) > HAND_OFF_AT_MOST for text in kept.values()):
        raise RuleViolated("hand_off_too_long", field="hand_offs", at_most=HAND_OFF_AT_MOST)
    return kept
