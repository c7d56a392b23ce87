"""Does a plan speak in whole sentences: every reason, every way a choice can cost, in both languages?"""

import pytest
from django.utils.translation import override

from backend.plan_texts import OPEN_REASONS, open_reason, proof, regret_reason, scarce_reason
from matching.overrides import ALL_SEATS_TAKEN, OPEN_CODES

FACTS = {"seats": 2, "planned": 0, "candidates": 3, "requests": ["a"], "loss": 0.254}
SCARCE = {
    "slot_start": "2026-11-12T09:00:00+00:00",
    "slot_end": "2026-11-12T10:00:00+00:00",
    "price": 0.8,
    "language": "ti",
    "only": True,
}


def test_every_reason_of_the_core_has_its_sentence():
    """A request whose seats are all taken is not left open."""
    assert set(OPEN_REASONS) == set(OPEN_CODES) - {ALL_SEATS_TAKEN}


@pytest.mark.parametrize("code", sorted(OPEN_REASONS))
def test_reasons_differ_and_are_translated(code):
    said = {}
    for reader in ("de", "en"):
        with override(reader):
            said[reader] = open_reason(code, FACTS)
            assert "%" not in said[reader]
            assert len({open_reason(other, FACTS) for other in OPEN_REASONS}) == len(OPEN_REASONS)
    assert said["de"] != said["en"]


def test_what_it_would_cost_to_fill_a_request_all_the_same():
    with override("de"):
        assert open_reason("taken_by_others", FACTS).endswith("kostet den Plan 0,25.")
        assert "0,25" not in open_reason("nobody_eligible", FACTS)
        some = open_reason("nobody_eligible", {**FACTS, "planned": 1})
        assert some == "1 von 2 Plätzen sind besetzt; sonst kommt niemand infrage."


@pytest.mark.parametrize(
    ("regret", "here", "said"),
    [
        (0.12, 0.12, "Ana instead costs the plan 0.12. It suits less; nobody else is concerned."),
        (0.12, 0.0, "Ana instead costs the plan 0.12. It suits as well, but others go short."),
        (0.12, -0.05, "Ana instead costs the plan 0.12. It suits better by 0.05, but others lose 0.17."),
        (0.12, 0.2, "Ana instead costs the plan 0.12. It suits less by 0.20, of which others win 0.08 back."),
        (
            0.12,
            0.05,
            "Ana instead costs the plan 0.12. 0.05 because it suits less, 0.07 because others go short.",
        ),
        (
            0.114,
            0.006,
            "Ana instead costs the plan 0.11. 0.01 because it suits less, 0.10 because others go short.",
        ),
        (0.004, 0.0, "Ana instead would be as good for the plan."),
        (0.0, 0.3, "Ana instead would be as good for the plan."),
    ],
)
def test_what_another_choice_costs(regret, here, said):
    with override("en"):
        assert regret_reason("Ana", regret, here) == said


def test_where_there_is_no_other_choice():
    with override("en"):
        assert regret_reason(None, None, None) == "Nobody else can take this."


def test_whose_time_is_scarce():
    with override("en"):
        assert scarce_reason(SCARCE, "Ana", "Europe/Berlin") == (
            "Ana is the only one for Tigrinya on Thu 12 Nov 2026, 10:00–11:00: "
            "to spend this time otherwise costs the plan 0.80."
        )
        other = scarce_reason({**SCARCE, "only": False, "language": ""}, "Ana", "Europe/Berlin")
        assert other.startswith("Ana is hard to replace for any language on Thu 12 Nov 2026")


def test_the_proof():
    with override("en"):
        assert proof({"gap": 1e-12}).startswith("Proven best")
        assert proof({"gap": 0.0123}) == "Proven: at most 1.23 percent below the best plan there could be."
