"""Offers through the API: what a pilot who was asked learns, and how she answers."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.http import HttpResponse

from backend.dispatch.commands.help_requests import Confidential
from backend.dispatch.models import HelpRequest, Offer
from geo.distances import snap_to_cell
from geo.postgis import to_geopoint
from tests import factories as make
from tests.api import bodies
from tests.api.conftest import Caller, Clock, assert_problem
from tests.conftest import Cast

As = Callable[..., Caller]
SECRET = Confidential(
    meeting_point="Hintereingang", contact_on_site="Frau Geheim 0541 4711", note="sitzt im Rollstuhl"
)


def body(response: HttpResponse, status: int = 200) -> Any:
    read = json.loads(response.content)
    assert response.status_code == status, read
    return read


@pytest.fixture
def filed(cast: Cast) -> HelpRequest:
    dates = [(make.at(10, 10), make.at(10, 11)), (make.at(12, 14), make.at(12, 15))]
    return make.a_help_request(cast.samir, cast.rita, confidential=SECRET, slots=dates)


@pytest.fixture
def offer(cast: Cast, filed: HelpRequest) -> Offer:
    return make.offers_to(filed, [cast.ana], cast.kaya)[0]


class TestWhatIsShown:
    def test_a_pilot_who_was_asked(self, cast: Cast, filed: HelpRequest, offer: Offer, as_user: As) -> None:
        (seen,) = body(as_user(cast.ana.user).get("offers"))["results"]
        cell = snap_to_cell(to_geopoint(filed.meeting_place.point))
        assert seen["help_request"] == {
            "id": str(filed.pk),
            "topic": "school",
            "languages": ["kmr"],
            "service_kind": "interpret",
            "setting": "on_site",
            "town": "Osnabrück",
            "cell": {"lat": cell.lat, "lon": cell.lon},
        }
        assert seen["special_needs"] is True
        assert seen["distance_band"] == "under_2"
        assert (seen["reference"], seen["rank"], seen["score"]) == (None, None, None)
        assert len(seen["slots"]) == 2

    def test_nothing_of_the_vault_the_place_or_the_case(
        self, cast: Cast, filed: HelpRequest, offer: Offer, as_user: As
    ) -> None:
        own = as_user(cast.ana.user)
        for path in ("offers", f"offers/{offer.pk}"):
            text = own.get(path).content.decode()
            exact = to_geopoint(filed.meeting_place.point)
            for secret in ("Hintereingang", "Geheim", "Rollstuhl", "SCH-7", "Rita-Schule", str(exact.lat)):
                assert secret not in text

    def test_how_far_it_is_is_measured_from_the_square_kilometre(self, cast: Cast, as_user: As) -> None:
        """2.0004 km away, while the middle of its cell lies at 1.59 km; the page says the same."""
        place = {"lat": 52.29179, "lon": 8.0521, "public": True}
        asked = bodies.a_help_request(cast.samir.pk, meeting_place=place)
        made = body(as_user(cast.rita).post("help-requests", asked), 201)
        make.offers_to(HelpRequest.objects.get(pk=made["id"]), [cast.ana], cast.kaya)
        assert body(as_user(cast.ana.user).get("offers"))["results"][0]["distance_band"] == "under_2"

    def test_without_a_note_there_are_no_special_needs(self, cast: Cast, as_user: As) -> None:
        plain = make.a_help_request(cast.samir, cast.rita, confidential=Confidential(meeting_point="Tor"))
        make.offers_to(plain, [cast.ana], cast.kaya)
        assert body(as_user(cast.ana.user).get("offers"))["results"][0]["special_needs"] is False

    def test_a_session_by_phone_is_nowhere(self, cast: Cast, as_user: As) -> None:
        remote = make.a_help_request(cast.samir, cast.rita, setting="phone")
        make.offers_to(remote, [cast.ana], cast.kaya)
        (seen,) = body(as_user(cast.ana.user).get("offers"))["results"]
        assert (seen["help_request"]["cell"], seen["help_request"]["town"], seen["distance_band"]) == (
            None,
        ) * 3

    def test_the_office_sees_the_rank_too(self, cast: Cast, filed: HelpRequest, as_user: As) -> None:
        kaya = as_user(cast.kaya)
        assert cast.ana
        kaya.post(f"help-requests/{filed.pk}/suggestions")
        kaya.post(f"help-requests/{filed.pk}/offers", {"pilots": [str(cast.ana.pk)]})
        (seen,) = body(kaya.get("offers"))["results"]
        assert (seen["rank"], seen["reference"]) == (1, filed.reference)
        assert 0 < seen["score"] <= 1

    def test_who_sees_it(self, cast: Cast, offer: Offer, as_user: As, anonymous: Caller) -> None:
        for user in (cast.ana.user, cast.kaya):
            assert bodies.ids(body(as_user(user).get("offers"))["results"]) == {str(offer.pk)}
        for user in (cast.ben.user, cast.rita, cast.otto, cast.frauke):
            assert body(as_user(user).get("offers"))["results"] == []
            assert_problem(as_user(user).get(f"offers/{offer.pk}"), 404, "offer_unknown")
        assert_problem(anonymous.get("offers"), 401, "sign_in_needed")

    @pytest.mark.parametrize(("query", "found"), [({"status": "PENDING"}, 1), ({"status": "ACCEPTED"}, 0)])
    def test_filters(self, cast: Cast, offer: Offer, as_user: As, query: dict, found: int) -> None:
        assert len(body(as_user(cast.kaya).get("offers", **query))["results"]) == found
        assert len(body(as_user(cast.kaya).get("offers", pilot=cast.ana.pk))["results"]) == 1
        assert body(as_user(cast.kaya).get("offers", pilot=cast.ben.pk))["results"] == []


class TestAnswering:
    def test_yes_to_one_of_the_dates(self, cast: Cast, offer: Offer, as_user: As) -> None:
        slot = str(offer.slots.order_by("starts_at").last().pk)
        answered = body(as_user(cast.ana.user).post(f"offers/{offer.pk}/accept", {"slot": slot}))
        assert (answered["status"], answered["accepted_slot"]) == ("ACCEPTED", slot)
        again = as_user(cast.ana.user).post(f"offers/{offer.pk}/accept", {"slot": slot})
        assert_problem(again, 409, "offer_already_answered")

    def test_a_date_has_to_be_named_where_there_are_several(
        self, cast: Cast, offer: Offer, as_user: As
    ) -> None:
        for slot in (None, str(uuid4())):
            refused = as_user(cast.ana.user).post(f"offers/{offer.pk}/accept", {"slot": slot})
            assert_problem(refused, 422, "slot_not_offered")

    def test_no_without_a_reason(self, cast: Cast, offer: Offer, as_user: As) -> None:
        assert body(as_user(cast.ana.user).post(f"offers/{offer.pk}/decline"))["status"] == "DECLINED"

    def test_a_late_yes_counts_while_the_request_is_open(
        self, cast: Cast, offer: Offer, clock: Clock, as_user: As
    ) -> None:
        from backend.dispatch.commands.offers import expire_offer

        own = as_user(cast.ana.user)
        clock.now = offer.expires_at + timedelta(minutes=1)
        expire_offer(offer_id=offer.pk, by=None, now=clock.now)
        slot = str(offer.slots.order_by("starts_at").last().pk)
        assert body(own.post(f"offers/{offer.pk}/accept", {"slot": slot}))["status"] == "ACCEPTED"

    def test_somebody_was_faster(self, cast: Cast, filed: HelpRequest, offer: Offer, as_user: As) -> None:
        make.an_assignment(filed, cast.ben, cast.kaya)
        refused = as_user(cast.ana.user).post(f"offers/{offer.pk}/accept", {"slot": None})
        assert_problem(refused, 409, "somebody_was_faster")

    @pytest.mark.parametrize("answer", ["accept", "decline"])
    def test_only_the_pilot_answers(
        self, cast: Cast, offer: Offer, as_user: As, anonymous: Caller, answer: str
    ) -> None:
        path = f"offers/{offer.pk}/{answer}"
        assert_problem(as_user(cast.kaya).post(path), 403, "only_the_pilot_answers")
        for stranger in (cast.ben.user, cast.rita, cast.frauke, cast.otto):
            assert_problem(as_user(stranger).post(path), 404, "offer_unknown")
        assert_problem(anonymous.post(path), 401, "sign_in_needed")


class TestTakingBack:
    def test_the_office_takes_it_back(self, cast: Cast, offer: Offer, as_user: As) -> None:
        assert body(as_user(cast.kaya).post(f"offers/{offer.pk}/retract"))["status"] == "RETRACTED"
        refused = as_user(cast.ana.user).post(f"offers/{offer.pk}/accept", {})
        assert_problem(refused, 409, "offer_retracted")

    def test_others_do_not(self, cast: Cast, offer: Offer, as_user: As) -> None:
        for stranger in (cast.ben.user, cast.rita, cast.frauke):
            assert_problem(as_user(stranger).post(f"offers/{offer.pk}/retract"), 404, "offer_unknown")
        assert as_user(cast.ana.user).post(f"offers/{offer.pk}/retract").status_code in {403, 404}
        offer.refresh_from_db()
        assert offer.status == "PENDING"
