"""What an office leaves to others, through the API: refused with whom to turn to, set by the office."""

import json
from collections.abc import Callable

from backend.dispatch.models import HelpRequest
from backend.journal.kinds import EventKind
from backend.journal.models import Event
from tests import factories as make
from tests.api import bodies
from tests.api.conftest import Caller, assert_problem
from tests.conftest import Cast

As = Callable[..., Caller]


def test_it_is_refused_with_whom_to_turn_to_and_counted_once(cast: Cast, as_user: As) -> None:
    cast.osnabrueck.excluded_matters = ["medical"]
    cast.osnabrueck.hand_offs = {"medical": "Please call the clinic."}
    cast.osnabrueck.save()
    asked = bodies.a_help_request(cast.samir.pk, matter="medical")
    for _ in range(2):
        # Sent again with its key, the same answer comes, and it counts once.
        refused = as_user(cast.rita).post("help-requests", asked, Idempotency_Key="m-1")
        problem = assert_problem(refused, 422, "matter_excluded")
        assert problem["facts"]["matter"] == "medical"
        assert problem["facts"]["hand_off"] == "Please call the clinic."
        assert "Please call the clinic." in problem["detail"]
    assert Event.objects.filter(kind=EventKind.HELP_REQUEST_HANDED_OFF).count() == 1
    assert not HelpRequest.objects.exists()
    assert as_user(cast.rita).post("help-requests", asked | {"matter": ""}).status_code == 201


def test_a_matter_that_nobody_knows(cast: Cast, as_user: As) -> None:
    asked = bodies.a_help_request(cast.samir.pk, matter="weather")
    assert_problem(as_user(cast.rita).post("help-requests", asked), 400, "invalid_input")


def test_the_office_sets_it(cast: Cast, as_user: As) -> None:
    adam = as_user(make.an_admin("adam", cast.osnabrueck))
    address = f"offices/{cast.osnabrueck.pk}"
    rules = {"excluded_matters": ["therapy"], "hand_offs": {"therapy": "Psychosocial centre"}}
    changed = adam.patch(address, rules)
    assert changed.status_code == 200, changed.content
    assert rules.items() <= json.loads(changed.content).items()
    assert_problem(adam.patch(address, {"hand_offs": {"weather": "x"}}), 422, "matter_unknown")
    assert_problem(adam.patch(address, {"hand_offs": {"therapy": "x" * 301}}), 400, "invalid_input")
