"""Does every status have its transitions, and does each lead to a status that exists and can be reached?"""

from django.db import models

from backend.privacy.own_models import own_models
from backend.privacy.states_page import stateful_models
from backend.states import Stateful


def flaws(
    transitions: dict[str, frozenset[str]],
    statuses: list[str],
    start: str,
    times: dict[str, str],
    fields: set[str],
) -> list[str]:
    """What is wrong with a table of transitions."""
    found = [f"{status} has no row" for status in statuses if status not in transitions]
    found += [f"row of {status}, which is no status" for status in transitions if status not in statuses]
    found += [
        f"{status} leads to {target}, which is no status"
        for status, targets in transitions.items()
        for target in targets
        if target not in statuses
    ]
    found += [f"{status} leads to itself" for status, targets in transitions.items() if status in targets]
    found += [f"time of {status}, which is no status" for status in times if status not in statuses]
    found += [
        f"{status} is timed by {field}, which is no field"
        for status, field in times.items()
        if field not in fields
    ]
    reached, edge = {start}, [start]
    while edge:
        fresh = set(transitions.get(edge.pop(), ())) - reached
        reached |= fresh
        edge += fresh
    found += [f"{status} is never reached" for status in statuses if status not in reached]
    return found


def flaws_of(model: type[Stateful]) -> list[str]:
    status = model._meta.get_field("status")
    return [
        f"{model.__name__}: {what}"
        for what in flaws(
            {str(key): frozenset(map(str, targets)) for key, targets in model.TRANSITIONS.items()},
            [str(value) for value, _ in status.flatchoices],
            str(status.default.value),
            {str(key): field for key, field in model.STATUS_TIMES.items()},
            {field.name for field in model._meta.fields},
        )
    ]


def test_every_table_of_transitions_is_whole() -> None:
    found = stateful_models()

    assert {model.__name__ for model in found} >= {"Pilot", "HelpRequest", "Offer", "Assignment", "Delivery"}
    assert [what for model in found for what in flaws_of(model)] == []


def test_whatever_has_states_moves_along_a_table() -> None:
    strays = [
        model.__name__
        for model in own_models()
        for field in model._meta.fields
        if field.name == "status" and isinstance(field, models.CharField) and not issubclass(model, Stateful)
    ]

    assert strays == []


def test_the_database_knows_the_statuses() -> None:
    """Each stateful table has a check constraint that mentions every status."""
    for model in stateful_models():
        checks = [str(c.condition) for c in model._meta.constraints if isinstance(c, models.CheckConstraint)]
        statuses = [str(value) for value, _ in model._meta.get_field("status").flatchoices]
        assert any("status__in" in check and all(s in check for s in statuses) for check in checks), model


def test_sown_flaws_are_caught() -> None:
    whole = {"A": frozenset({"B"}), "B": frozenset()}

    assert flaws(whole, ["A", "B"], "A", {"B": "b_at"}, {"b_at"}) == []
    assert flaws({"A": frozenset({"B"})}, ["A", "B"], "A", {}, set()) == ["B has no row"]
    assert "A leads to C, which is no status" in flaws(
        whole | {"A": frozenset("BC")}, ["A", "B"], "A", {}, set()
    )
    assert flaws(whole | {"C": frozenset()}, ["A", "B"], "A", {}, set()) == ["row of C, which is no status"]
    assert flaws(whole, ["A", "B"], "B", {}, set()) == ["A is never reached"]
    assert flaws(whole | {"B": frozenset("B")}, ["A", "B"], "A", {}, set()) == ["B leads to itself"]
    assert flaws(whole, ["A", "B"], "A", {"B": "b_at"}, set()) == ["B is timed by b_at, which is no field"]
    assert flaws(whole, ["A", "B"], "A", {"C": "b_at"}, {"b_at"}) == ["time of C, which is no status"]
