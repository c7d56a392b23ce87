"""What does a joint plan say of itself: its proof, the price of another choice, what stays open, whose time is dear?"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from backend.language_names import language_name
from backend.moments import span_in_words
from backend.reason_texts import number

DECIMALS = 2
PROVEN_GAP = 1e-9  # float sums of the same values may differ by this


def proof(certificate: Mapping[str, Any]) -> str:
    """How good the plan is, proven, in plain words."""
    if certificate["gap"] <= PROVEN_GAP:
        return _("Proven best: no other plan for these requests is worth more.")
    return _("Proven: at most %(percent)s percent below the best plan there could be.") % {
        "percent": number(round(certificate["gap"] * 100, 2))
    }


def regret_reason(name: str | None, regret: float | None, here: float | None) -> str:
    """What it costs the plan to take `name` instead; `here` is what the request itself loses of that."""
    if name is None or regret is None or here is None:
        return _("Nobody else can take this.")
    # Rounded before they are subtracted, so that the parts a reader sees add up.
    total, own = round(regret, DECIMALS), round(here, DECIMALS)
    if total == 0:
        return _("%(name)s instead would be as good for the plan.") % {"name": name}
    cost = _("%(name)s instead costs the plan %(regret)s.") % {"name": name, "regret": amount(total)}
    return f"{cost} {_parts(own, elsewhere=round(total - own, DECIMALS))}"


def open_reason(code: str, facts: Mapping[str, Any]) -> str:
    """Why the plan gives a request nobody, or not as many as it has seats."""
    return OPEN_REASONS[code](facts)


def scarce_reason(scarce: Mapping[str, Any], name: str, zone: str) -> str:
    """Whose time is dear to the plan, when, and how dear."""
    facts = {
        "name": name,
        "language": language_name(scarce["language"]) if scarce["language"] else _("any language"),
        "time": span_in_words(
            datetime.fromisoformat(scarce["slot_start"]),
            datetime.fromisoformat(scarce["slot_end"]),
            zone,
            short=True,
        ),
        "price": amount(scarce["price"]),
    }
    text = (
        _(
            "%(name)s is the only one for %(language)s on %(time)s: "
            "to spend this time otherwise costs the plan %(price)s."
        )
        if scarce["only"]
        else _(
            "%(name)s is hard to replace for %(language)s on %(time)s: "
            "to spend this time otherwise costs the plan %(price)s."
        )
    )
    return text % facts


def amount(value: float) -> str:
    """In the reader's way with two decimals, without a sign: '0,12'."""
    return number_format(abs(value), DECIMALS)


def _parts(here: float, *, elsewhere: float) -> str:
    facts = {"here": amount(here), "elsewhere": amount(elsewhere)}
    if elsewhere == 0:
        return _("It suits less; nobody else is concerned.")
    if here == 0:
        return _("It suits as well, but others go short.")
    if here < 0:
        return _("It suits better by %(here)s, but others lose %(elsewhere)s.") % facts
    if elsewhere < 0:
        return _("It suits less by %(here)s, of which others win %(elsewhere)s back.") % facts
    return _("%(here)s because it suits less, %(elsewhere)s because others go short.") % facts


def _nobody_eligible(facts: Mapping[str, Any]) -> str:
    if facts["planned"]:
        return _("%(planned)s of %(seats)s places are filled; nobody else comes into question.") % facts
    return _("No pilot comes into question. What fails, and what would help, stands with the request.")


def _taken_by_others(facts: Mapping[str, Any]) -> str:
    return _needed_elsewhere(facts) + _loss(facts)


def _month_full(facts: Mapping[str, Any]) -> str:
    return _("Whoever could come would be beyond the hours wished for that month.") + _loss(facts)


def _fair_share(facts: Mapping[str, Any]) -> str:
    return _("Whoever could come has so much to do already that the plan spares them.") + _loss(facts)


def _needed_elsewhere(facts: Mapping[str, Any]) -> str:
    return ngettext(
        "The only pilot who comes into question is needed more for another request at that time.",
        "All %(candidates)s pilots who come into question are needed more for other requests at that time.",
        facts["candidates"],
    ) % {"candidates": facts["candidates"]}


def _loss(facts: Mapping[str, Any]) -> str:
    return " " + _("To fill it all the same costs the plan %(loss)s.") % {"loss": amount(facts["loss"])}


OPEN_REASONS: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    "nobody_eligible": _nobody_eligible,
    "taken_by_others": _taken_by_others,
    "month_full": _month_full,
    "fair_share": _fair_share,
}
