"""Joint plans through the API: made, read, weighed against a choice of one's own, applied as offers."""

import json
from collections.abc import Callable
from datetime import UTC
from typing import Any

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test.utils import CaptureQueriesContext

from backend.accounts.models import User
from backend.dispatch.models import Assignment, HelpRequest, Offer, PlanRun
from backend.keys import uuid7
from backend.people.reach import write_reach
from tests import factories as make
from tests.api.conftest import Caller, assert_problem
from tests.conftest import Cast
from tests.factories import at

As = Callable[..., Caller]


def body(response: HttpResponse, status: int = 200) -> Any:
    read = json.loads(response.content)
    assert response.status_code == status, read
    return read


@pytest.fixture
def kurmanji(cast: Cast) -> HelpRequest:
    assert cast.ana and cast.ben
    return make.a_help_request(cast.samir, cast.rita)


@pytest.fixture
def turkish(cast: Cast) -> HelpRequest:
    """Only Ana can do this one, so that Ben does the other."""
    return make.a_help_request(cast.samir, cast.rita, languages=["tr"])


@pytest.fixture
def nobody(cast: Cast) -> HelpRequest:
    return make.a_help_request(cast.samir, cast.rita, languages=["ckb"])


@pytest.fixture
def made(
    cast: Cast, kurmanji: HelpRequest, turkish: HelpRequest, nobody: HelpRequest, as_user: As
) -> dict[str, Any]:
    plan: dict[str, Any] = body(as_user(cast.kaya).post("plans"), 201)
    return plan


def of(plan: dict[str, Any], help_request: HelpRequest) -> dict[str, Any]:
    (found,) = (p for p in plan["proposals"] if p["help_request"]["id"] == str(help_request.pk))
    return dict(found)


class TestMaking:
    def test_is_for_all_own_offices_unless_named(self, cast: Cast, made: dict[str, Any]) -> None:
        assert [office["id"] for office in made["offices"]] == [str(cast.osnabrueck.pk)]

    def test_shows_proposals_with_price_and_proof(
        self, cast: Cast, made: dict[str, Any], kurmanji: HelpRequest, turkish: HelpRequest
    ) -> None:
        assert made["certificate"]["gap"] == pytest.approx(0, abs=1e-9)
        assert (made["requests"], made["pilots"], made["applied_at"]) == (3, 2, None)
        instead = of(made, kurmanji)
        assert instead["pilot"] == {"id": str(cast.ben.pk), "display_code": cast.ben.display_code}
        assert instead["runner_up"]["id"] == str(cast.ana.pk)
        assert instead["regret"] > 0.5 > 0 > instead["regret_here"]
        assert sum(part["contribution"] for part in instead["contributions"]) == pytest.approx(
            instead["score"]
        )
        only = of(made, turkish)
        assert (only["pilot"]["id"], only["runner_up"], only["regret"]) == (str(cast.ana.pk), None, None)
        assert (only["held"], only["offer"]) == (False, None)
        assert only["slot"]["starts_at"] == at(10, 10).astimezone(UTC).isoformat().replace("+00:00", "Z")

    def test_says_why_a_request_stays_open_and_whose_time_is_scarce(
        self, cast: Cast, made: dict[str, Any], nobody: HelpRequest, turkish: HelpRequest
    ) -> None:
        (left,) = made["left_open"]
        assert (left["help_request"], left["code"]) == (str(nobody.pk), "nobody_eligible")
        assert left["detail"].startswith("No pilot comes into question.")
        dear = made["scarce"][0]
        assert (dear["pilot"], dear["help_request"]) == (str(cast.ana.pk), str(turkish.pk))
        assert (dear["language"], dear["only"]) == ("tr", True)

    def test_can_be_read_again(self, cast: Cast, made: dict[str, Any], as_user: As) -> None:
        assert body(as_user(cast.kaya).get(f"plans/{made['id']}")) == made

    def test_sent_twice_with_one_key_is_made_once(
        self, cast: Cast, kurmanji: HelpRequest, as_user: As
    ) -> None:
        kaya = as_user(cast.kaya)
        first, again = (kaya.post("plans", Idempotency_Key="plan-1") for _ in range(2))
        assert body(first, 201) == body(again, 201)
        assert PlanRun.objects.count() == 1

    def test_nothing_to_plan(self, cast: Cast, as_user: As) -> None:
        assert_problem(as_user(cast.kaya).post("plans"), 422, "nothing_to_plan")

    def test_reading_it_costs_as_many_queries_with_more_proposals(
        self, cast: Cast, kurmanji: HelpRequest, as_user: As
    ) -> None:
        kaya = as_user(cast.kaya)

        def queries() -> int:
            plan = body(kaya.post("plans"), 201)
            with CaptureQueriesContext(connection) as captured:
                kaya.get(f"plans/{plan['id']}")
            return len(captured)

        few = queries()
        for day in (11, 12, 13):
            make.a_help_request(cast.samir, cast.rita, slots=[(at(day, 10), at(day, 11))])
        assert queries() == few


class TestWhoMay:
    def test_other_offices_are_not_there(
        self, cast: Cast, made: dict[str, Any], kurmanji: HelpRequest, as_user: As
    ) -> None:
        frauke = as_user(cast.frauke)
        order = {"offices": [str(cast.osnabrueck.pk)]}
        assert_problem(frauke.post("plans", order), 404, "office_unknown")
        assert_problem(frauke.get(f"plans/{made['id']}"), 404, "plan_unknown")
        choice = {"help_request": kurmanji.pk, "pilot": cast.ana.pk}
        assert_problem(frauke.get(f"plans/{made['id']}/regret", **choice), 404, "plan_unknown")
        chosen = {"proposals": [made["proposals"][0]["id"]]}
        assert_problem(frauke.post(f"plans/{made['id']}/apply", chosen), 404, "plan_unknown")
        assert not Offer.objects.exists()

    @pytest.mark.parametrize("who", ["rita", "otto"])
    def test_whoever_coordinates_no_office(
        self, cast: Cast, made: dict[str, Any], as_user: As, who: str
    ) -> None:
        user: User = getattr(cast, who)
        assert_problem(as_user(user).post("plans"), 404, "office_unknown")
        assert_problem(as_user(user).get(f"plans/{made['id']}"), 404, "plan_unknown")

    def test_the_scope(self, cast: Cast, made: dict[str, Any], as_user: As) -> None:
        reader = as_user(cast.kaya, scopes=("read",))
        assert body(reader.get(f"plans/{made['id']}"))["id"] == made["id"]
        assert_problem(reader.post("plans"), 403, "scope_missing")
        chosen = {"proposals": [made["proposals"][0]["id"]]}
        assert_problem(reader.post(f"plans/{made['id']}/apply", chosen), 403, "scope_missing")


class TestApplying:
    def test_asks_those_chosen_and_assigns_nobody(
        self, cast: Cast, made: dict[str, Any], kurmanji: HelpRequest, as_user: As
    ) -> None:
        kaya = as_user(cast.kaya)
        chosen = of(made, kurmanji)
        done = body(kaya.post(f"plans/{made['id']}/apply", {"proposals": [chosen["id"]]}))
        (offer,) = done["offers"]
        assert (offer["pilot"]["id"], offer["status"]) == (str(cast.ben.pk), "PENDING")
        assert [slot["id"] for slot in offer["slots"]] == [chosen["slot"]["id"]]
        assert done["skipped"] == []
        assert Offer.objects.count() == 1
        assert not Assignment.objects.exists()
        again = body(kaya.get(f"plans/{made['id']}"))
        assert of(again, kurmanji)["offer"] == offer["id"]
        assert again["applied_at"] is not None

    def test_what_is_no_longer_possible_is_skipped_with_its_reason(
        self, cast: Cast, made: dict[str, Any], kurmanji: HelpRequest, turkish: HelpRequest, as_user: As
    ) -> None:
        make.offers_to(kurmanji, [cast.ben], cast.kaya)
        cast.ana.skills.filter(language="tr").update(speaks=1, understands=1)
        write_reach(cast.ana)
        chosen = {"proposals": [of(made, kurmanji)["id"], of(made, turkish)["id"]]}
        done = body(as_user(cast.kaya).post(f"plans/{made['id']}/apply", chosen))
        assert done["offers"] == []
        told = {one["proposal"]: one for one in done["skipped"]}
        asked = told[of(made, kurmanji)["id"]]
        assert (asked["code"], asked["detail"]) == (
            "offer_already_pending",
            "This pilot has been asked already.",
        )
        forgotten = told[of(made, turkish)["id"]]
        assert forgotten["code"] == "pilot_not_eligible"
        assert [reason["code"] for reason in forgotten["reasons"]] == ["language"]

    def test_sent_twice_with_one_key_asks_once(
        self, cast: Cast, made: dict[str, Any], kurmanji: HelpRequest, as_user: As
    ) -> None:
        chosen = {"proposals": [of(made, kurmanji)["id"]]}
        kaya = as_user(cast.kaya)
        answers = [kaya.post(f"plans/{made['id']}/apply", chosen, Idempotency_Key="go") for _ in range(2)]
        assert body(answers[0]) == body(answers[1])
        assert Offer.objects.count() == 1

    def test_choices_that_are_none(self, cast: Cast, made: dict[str, Any], as_user: As) -> None:
        kaya = as_user(cast.kaya)
        assert_problem(kaya.post(f"plans/{made['id']}/apply", {"proposals": []}), 400, "invalid_input")
        strange = {"proposals": [made["proposals"][0]["id"], str(uuid7())]}
        assert_problem(kaya.post(f"plans/{made['id']}/apply", strange), 404, "proposal_unknown")
        assert not Offer.objects.exists()


class TestOwnChoice:
    def test_what_another_pilot_costs(
        self, cast: Cast, made: dict[str, Any], kurmanji: HelpRequest, as_user: As
    ) -> None:
        choice = body(
            as_user(cast.kaya).get(f"plans/{made['id']}/regret", help_request=kurmanji.pk, pilot=cast.ana.pk)
        )
        assert choice["regret"] == pytest.approx(of(made, kurmanji)["regret"])
        assert choice["slot"]["id"] == of(made, kurmanji)["slot"]["id"]
        assert choice["is_stale"] is False

    def test_a_pilot_who_cannot(
        self, cast: Cast, made: dict[str, Any], nobody: HelpRequest, as_user: As
    ) -> None:
        choice = body(
            as_user(cast.kaya).get(f"plans/{made['id']}/regret", help_request=nobody.pk, pilot=cast.ana.pk)
        )
        assert choice == {"slot": None, "regret": None, "is_stale": False}
