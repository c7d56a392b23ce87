"""How tests ask the adapter who fits, who does not, and why."""

from collections.abc import Sequence
from typing import Any

from backend.dispatch.commands.help_requests import suggest_pilots
from backend.dispatch.matchmaking import why_not
from backend.dispatch.models import HelpRequest, MatchRun
from backend.people.models import Pilot
from tests.conftest import Cast
from tests.factories import NOW, at

TUESDAY = (at(10, 10), at(10, 11))
THURSDAY = (at(12, 10), at(12, 11))


def suggest(help_request: HelpRequest, cast: Cast) -> MatchRun:
    return suggest_pilots(help_request_id=help_request.pk, by=cast.kaya, now=NOW)


def suggested(help_request: HelpRequest, cast: Cast) -> set[Pilot]:
    return {suggestion.pilot for suggestion in suggest(help_request, cast).suggestions.all()}


def reasons(help_request: HelpRequest, pilot: Pilot) -> list[dict[str, Any]]:
    return why_not(help_request, list(help_request.slots.all()), pilot, now=NOW)


def check(
    cast: Cast, help_request: HelpRequest, *, fits: Sequence[Pilot], out: Pilot, code: str, **facts: Any
) -> None:
    """These fit, that one does not, the waterfall shrinks at this step, and why_not names it with its facts."""
    run = suggest(help_request, cast)
    assert {suggestion.pilot for suggestion in run.suggestions.all()} == set(fits)
    remaining = {step["code"]: step["remaining"] for step in run.waterfall}
    codes = list(remaining)
    before = remaining[codes[codes.index(code) - 1]]
    assert (before, remaining[code]) == (len(fits) + 1, len(fits))
    (reason,) = reasons(help_request, out)
    assert reason["code"] == code
    assert {name: reason["facts"].get(name) for name in facts} == facts
    for pilot in fits:
        assert reasons(help_request, pilot) == []
