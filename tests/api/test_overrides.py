"""Asking against a rule through the API: one pilot, with a note that nobody reads there."""

import json
from collections.abc import Callable

from backend.dispatch.models import Override
from tests import factories as make
from tests.api.conftest import Caller, assert_problem
from tests.conftest import Cast


def test_with_a_note_one_pilot_is_asked_all_the_same(cast: Cast, as_user: Callable[..., Caller]) -> None:
    far = make.a_pilot("fera", cast.kaya, postcode="33602", reach_km=5)
    kaya, filed = as_user(cast.kaya), make.a_help_request(cast.samir, cast.rita)
    path = f"help-requests/{filed.pk}/offers"
    assert_problem(kaya.post(path, {"pilots": [str(far.pk)]}), 422, "pilot_not_eligible")
    two = {"pilots": [str(far.pk), str(cast.ana.pk)], "override_note": "Vereinbart"}
    assert_problem(kaya.post(path, two), 422, "pilot_count")
    asked = kaya.post(path, {"pilots": [str(far.pk)], "override_note": "Vereinbart"})
    assert asked.status_code == 201, asked.content
    assert "Vereinbart" not in asked.content.decode()
    assert Override.objects.get().codes == ["reach"]
    timeline = json.loads(kaya.get(f"help-requests/{filed.pk}/timeline").content)
    assert any(event["facts"].get("overridden") == ["reach"] for event in timeline["results"])


def test_a_rule_that_stands_is_named(cast: Cast, as_user: Callable[..., Caller]) -> None:
    unwilling = make.a_pilot("gila", cast.kaya, topics_refused=["school"])
    filed = make.a_help_request(cast.samir, cast.rita)
    sent = {"pilots": [str(unwilling.pk)], "override_note": "Vereinbart"}
    problem = assert_problem(
        as_user(cast.kaya).post(f"help-requests/{filed.pk}/offers", sent), 422, "rule_stands"
    )
    assert [reason["code"] for reason in problem["facts"]["reasons"]] == ["topic"]
