"""Does the API answer whatever its own schema allows and forbids, to every role, as its schema says? (short form)"""

from collections.abc import Callable

import pytest
from django.conf import settings as configured
from django.test import override_settings

from tests.api.conftest import Clock
from tests.fuzzing.api import Fuzzer
from tests.fuzzing.town import ROLES, a_town, fingerprint

CASES = 1000


@pytest.fixture
def fuzzer(db: None, clock: Clock) -> Fuzzer:
    return Fuzzer(a_town(), roles_at_once=3)


def test_a_thousand_cases_as_every_role(fuzzer: Fuzzer) -> None:
    before = fingerprint()
    with override_settings(ACCOUNT_RATE_LIMITS={**configured.ACCOUNT_RATE_LIMITS, "feasibility": ""}):
        fuzzer.each_operation(examples=2)
        fuzzer.stories(examples=2, steps=6)

    found = fuzzer.findings
    assert found.server_errors == []
    assert found.violations == []
    assert found.cases >= CASES
    assert set(found.by_role) == set(ROLES)
    # It is no fuzzing of refusals alone: many operations have done something, though each is asked by three roles only.
    assert len(found.touched) > len(fuzzer.operations) / 3
    assert {400, 401, 403, 404, 422} <= set(found.answers)
    assert fingerprint() == before


@pytest.mark.parametrize("break_it", ["status", "body", "crash"])
def test_a_sown_fault_is_caught(fuzzer: Fuzzer, monkeypatch: pytest.MonkeyPatch, break_it: str) -> None:
    """An answer that its schema does not know, one of another shape, and an exception."""
    from rest_framework.response import Response

    from backend.api.views.me import MeViews

    answers: dict[str, Callable[..., Response]] = {
        "status": lambda self, request: Response({}, status=202),
        "body": lambda self, request: Response({"id": "no uuid"}),
        "crash": lambda self, request: 1 / 0,
    }
    monkeypatch.setattr(MeViews, "retrieve", answers[break_it])
    fuzzer.operations = [one for one in fuzzer.operations if one.label == "GET /api/v1/me"]
    fuzzer.each_operation(examples=1)

    found = fuzzer.findings
    assert bool(found.server_errors) == (break_it == "crash")
    assert bool(found.violations) == (break_it != "crash")
