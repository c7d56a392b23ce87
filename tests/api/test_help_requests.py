"""Requests through the API: filed, seen, ranked, offered, confirmed, withdrawn, closed."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.http import HttpResponse

from backend.dispatch.models import HelpRequest, Offer
from backend.journal.models import AccessLog
from backend.people.models import HelpSeeker
from tests import factories as make
from tests.api import bodies
from tests.api.conftest import Caller, Clock, assert_problem
from tests.conftest import Cast

As = Callable[..., Caller]


def body(response: HttpResponse, status: int = 200) -> Any:
    read = json.loads(response.content)
    assert response.status_code == status, read
    return read


@pytest.fixture
def filed(cast: Cast) -> HelpRequest:
    return make.a_help_request(cast.samir, cast.rita)


class TestFiling:
    def test_as_it_was_said(self, cast: Cast, as_user: As) -> None:
        asked = bodies.a_help_request(
            cast.samir.pk,
            topic="health",
            languages=["ara", "kmr"],
            required_level=4,
            gender_wish="f",
            minors=True,
        )
        made = body(as_user(cast.rita).post("help-requests", asked), 201)
        assert made["status"] == "OPEN"
        assert made["languages"] == ["ar", "kmr"]
        assert (made["required_level"], made["gender_wish"], made["minors"]) == (4, "f", True)
        assert made["meeting_place"]["street"] == "Domhof 7"
        assert [slot["starts_at"] for slot in made["slots"]] == [
            "2026-11-10T09:00:00Z",
            "2026-11-12T13:00:00Z",
        ]

    def test_what_is_confidential_comes_back_only_when_it_is_opened(self, cast: Cast, as_user: As) -> None:
        made = body(as_user(cast.rita).post("help-requests", bodies.a_help_request(cast.samir.pk)), 201)
        assert made["confidential"] is None
        opened = body(as_user(cast.rita).get(f"help-requests/{made['id']}"))["confidential"]
        assert opened["note"] == "Treppe, kein Aufzug"
        assert not AccessLog.objects.exists()
        body(as_user(cast.kaya).get(f"help-requests/{made['id']}"))
        assert AccessLog.objects.get().reader_id == cast.kaya.pk

    def test_a_session_by_phone_has_no_place(self, cast: Cast, as_user: As) -> None:
        asked = bodies.a_help_request(cast.samir.pk, setting="phone", meeting_place=None)
        assert body(as_user(cast.rita).post("help-requests", asked), 201)["meeting_place"] is None

    @pytest.mark.parametrize(
        ("changes", "code", "field"),
        [
            ({"slots": bodies.slots((make.at(1, 10), make.at(1, 11)))}, "slot_in_past", "slots"),
            ({"slots": bodies.slots((make.at(3, 10), make.at(3, 11)))}, "lead_time_too_short", "slots"),
            ({"slots": bodies.slots((make.at(10, 11), make.at(10, 10)))}, "time_order", "slots"),
            ({"slots": bodies.slots(*[(make.at(10, 10), make.at(10, 11))] * 2)}, "slot_twice", "slots"),
            ({"slots": bodies.slots((make.at(10, 23), make.at(11, 1)))}, "slot_crosses_midnight", "slots"),
            ({"slots": bodies.slots((make.at(10, 8), make.at(10, 18)))}, "slot_too_long", "slots"),
            (
                {"slots": bodies.slots((make.at(12, 10), make.at(12, 10) + timedelta(seconds=30)))},
                "slot_too_short",
                "slots",
            ),
            ({"meeting_place": None}, "meeting_place_missing", "postcode"),
            (
                {"meeting_place": {"postcode": "49074", "place": "Nirgendwo", "lat": 48.14, "lon": 11.58}},
                "postcode_far_from_point",
                "meeting_place",
            ),
            ({"languages": ["qqq"]}, "language_unknown", "languages"),
        ],
    )
    def test_rules(self, cast: Cast, as_user: As, changes: dict, code: str, field: str) -> None:
        problem = assert_problem(
            as_user(cast.rita).post("help-requests", bodies.a_help_request(cast.samir.pk, **changes)),
            422,
            code,
        )
        assert problem["errors"][0]["field"] == field
        assert not HelpRequest.objects.exists()

    def test_more_dates_than_three(self, cast: Cast, as_user: As) -> None:
        slots = bodies.slots(*[(make.at(10 + n, 10), make.at(10 + n, 11)) for n in range(4)])
        refused = as_user(cast.rita).post("help-requests", bodies.a_help_request(cast.samir.pk, slots=slots))
        assert_problem(refused, 400, "invalid_input")

    def test_for_a_help_seeker_of_others(self, cast: Cast, as_user: As, anonymous: Caller) -> None:
        asked = bodies.a_help_request(cast.samir.pk)
        for stranger in (cast.otto, cast.frauke, cast.ana.user):
            assert_problem(as_user(stranger).post("help-requests", asked), 404, "help_seeker_unknown")
        assert_problem(anonymous.post("help-requests", asked), 401, "sign_in_needed")
        assert_problem(
            as_user(cast.rita).post("help-requests", bodies.a_help_request(str(uuid4()))),
            404,
            "help_seeker_unknown",
        )


class TestReading:
    def test_who_sees_it(self, cast: Cast, filed: HelpRequest, as_user: As, anonymous: Caller) -> None:
        for user in (cast.rita, cast.kaya):
            assert bodies.ids(body(as_user(user).get("help-requests"))["results"]) == {str(filed.pk)}
        make.offers_to(filed, [cast.ana], cast.kaya)
        for user in (cast.otto, cast.frauke, cast.ana.user, cast.ben.user):
            assert body(as_user(user).get("help-requests"))["results"] == []
            for path in ("", "/suggestions", "/offers", "/timeline", f"/why/{cast.ana.pk}"):
                assert_problem(
                    as_user(user).get(f"help-requests/{filed.pk}{path}"), 404, "help_request_unknown"
                )
        assert_problem(anonymous.get("help-requests"), 401, "sign_in_needed")

    def test_how_far_the_office_is_concerns_the_office(
        self, cast: Cast, filed: HelpRequest, as_user: As
    ) -> None:
        offers = make.offers_to(filed, [cast.ana, cast.ben], cast.kaya)
        make.accepted(offers[0])
        seen = body(as_user(cast.kaya).get(f"help-requests/{filed.pk}"))
        assert seen["progress"] == {"pending_offers": 1, "accepted_offers": 1}
        assert body(as_user(cast.rita).get(f"help-requests/{filed.pk}"))["progress"] is None

    @pytest.mark.parametrize(
        ("query", "found"),
        [
            ({"status": "OPEN"}, True),
            ({"status": "ASSIGNED"}, False),
            ({"topic": "school"}, True),
            ({"topic": "health"}, False),
            ({"language": "kmr"}, True),
            ({"language": "kmr-Latn"}, True),
            ({"language": "ar"}, False),
            ({"date": "2026-11-10"}, True),
            ({"date": "2026-11-11"}, False),
            ({"urgent": "false"}, True),
        ],
    )
    def test_filters(self, cast: Cast, filed: HelpRequest, as_user: As, query: dict, found: bool) -> None:
        rows = body(as_user(cast.kaya).get("help-requests", **query))["results"]
        assert bodies.ids(rows) == ({str(filed.pk)} if found else set())

    def test_filters_by_ids(self, cast: Cast, filed: HelpRequest, as_user: As) -> None:
        for name, value in (
            ("office", cast.osnabrueck.pk),
            ("organisation", cast.school.pk),
            ("help_seeker", cast.samir.pk),
            ("reference", filed.reference),
        ):
            assert len(body(as_user(cast.kaya).get("help-requests", **{name: value}))["results"]) == 1
        assert body(as_user(cast.kaya).get("help-requests", office=cast.friesland.pk))["results"] == []


class TestRanking:
    def test_contributions_and_waterfall(self, cast: Cast, filed: HelpRequest, as_user: As) -> None:
        assert cast.ana and cast.ben
        run = body(as_user(cast.kaya).post(f"help-requests/{filed.pk}/suggestions"), 201)
        assert [row["rank"] for row in run["candidates"]] == [1, 2]
        for row in run["candidates"]:
            assert sum(part["contribution"] for part in row["contributions"]) == pytest.approx(row["score"])
            assert all(isinstance(part["facts"], dict) for part in row["contributions"])
            assert row["slots"]
            assert all(part["label"] and part["text"].endswith(".") for part in row["contributions"])
        steps = [step["remaining"] for step in run["waterfall"]]
        assert steps == sorted(steps, reverse=True)
        assert all(step["label"] and step["text"] for step in run["waterfall"])
        assert body(as_user(cast.kaya).get(f"help-requests/{filed.pk}/suggestions")) == run

    def test_no_run_yet(self, cast: Cast, filed: HelpRequest, as_user: As) -> None:
        assert_problem(as_user(cast.kaya).get(f"help-requests/{filed.pk}/suggestions"), 404, "not_found")

    def test_only_as_many_as_asked_for(self, cast: Cast, filed: HelpRequest, as_user: As) -> None:
        assert cast.ana and cast.ben
        run = body(as_user(cast.kaya).post(f"help-requests/{filed.pk}/suggestions", {"limit": 1}), 201)
        assert (len(run["candidates"]), run["eligible"]) == (1, 2)
        for limit in (0, 51, 10**30):
            refused = as_user(cast.kaya).post(f"help-requests/{filed.pk}/suggestions", {"limit": limit})
            assert_problem(refused, 400, "invalid_input")

    def test_why_and_why_not(self, cast: Cast, filed: HelpRequest, as_user: As) -> None:
        deaf = make.a_pilot("deniz", cast.kaya, skills={"tr": 6})
        kaya = as_user(cast.kaya)
        assert body(kaya.get(f"help-requests/{filed.pk}/why/{cast.ana.pk}")) == {
            "pilot": {"id": str(cast.ana.pk), "display_code": cast.ana.display_code},
            "eligible": True,
            "reasons": [],
        }
        refused = body(kaya.get(f"help-requests/{filed.pk}/why/{deaf.pk}"))
        assert not refused["eligible"]
        assert refused["reasons"][0]["code"] == "language"
        foreign = make.a_pilot("femke", cast.frauke, postcode="26441")
        assert_problem(kaya.get(f"help-requests/{filed.pk}/why/{foreign.pk}"), 404, "pilot_unknown")

    def test_sentences_come_in_the_reader_s_language(
        self, cast: Cast, filed: HelpRequest, as_user: As
    ) -> None:
        away = make.a_pilot("deniz", cast.kaya, skills={"tr": 6}, active=False)
        assert cast.ana

        def told(language: str | None) -> list[str]:
            kaya = as_user(cast.kaya, **{"accept-language": language})
            reasons = body(kaya.get(f"help-requests/{filed.pk}/why/{away.pk}"))["reasons"]
            return [reason["text"] for reason in reasons]

        assert told("en") == [
            "Is not active at the moment (applicant).",
            "Speaks none of the languages asked for (Kurmanji Kurdish).",
        ]
        german = told("de")
        assert german[1] == "Spricht keine der gewünschten Sprachen (Kurmandschi (Kurdisch))."
        assert told(None) == german  # hers
        kaya = as_user(cast.kaya, **{"accept-language": "de"})
        run = body(kaya.post(f"help-requests/{filed.pk}/suggestions"), 201)
        assert run["waterfall"][1]["text"] == "Sprache oder Niveau passt nicht"
        assert run["candidates"][0]["contributions"][0]["label"] == "Sprache"

    def test_why_not_is_answered_when_all_dates_are_over(
        self, cast: Cast, filed: HelpRequest, as_user: As, clock: Clock
    ) -> None:
        pilot, later = cast.ana.pk, filed.slots.get().starts_at + timedelta(days=1)
        clock.now = later
        assert body(as_user(cast.kaya).get(f"help-requests/{filed.pk}/why/{pilot}"))["eligible"]

    def test_a_last_resort_where_nobody_can_be_asked(
        self, cast: Cast, filed: HelpRequest, as_user: As
    ) -> None:
        path = f"help-requests/{filed.pk}/last-resort"
        first = make.a_pilot("lia", cast.kaya, skills={"kmr": 6, "en": 5}, german_level=2)
        second = make.a_pilot("max", cast.kaya, skills={"en": 6})
        found = body(as_user(cast.kaya).get(path))
        assert found["last_resort"] and found["text"].startswith("A last resort")
        (chain,) = found["chains"]
        assert (chain["first"]["id"], chain["second"]["id"]) == (str(first.pk), str(second.pk))
        assert (chain["facts"]["bridge"], len(chain["slots"])) == ("en", filed.slots.count())
        assert "English (C1 and C2" in chain["text"]
        assert found["in_other_languages"] == []
        assert cast.ana  # who can be asked the ordinary way
        assert body(as_user(cast.kaya).get(path)) == {
            "last_resort": False,
            "text": "",
            "in_other_languages": [],
            "chains": [],
        }

    def test_the_asking_side_is_not_told(self, cast: Cast, filed: HelpRequest, as_user: As) -> None:
        rita = as_user(cast.rita)
        for call in (
            rita.post(f"help-requests/{filed.pk}/suggestions"),
            rita.get(f"help-requests/{filed.pk}/suggestions"),
            rita.get(f"help-requests/{filed.pk}/why/{cast.ana.pk}"),
            rita.get(f"help-requests/{filed.pk}/last-resort"),
            rita.get(f"help-requests/{filed.pk}/offers"),
            rita.post(f"help-requests/{filed.pk}/offers", {"pilots": [str(cast.ana.pk)]}),
            rita.post(f"help-requests/{filed.pk}/confirm", {"offer": str(uuid4())}),
            rita.post(f"help-requests/{filed.pk}/close"),
        ):
            assert_problem(call, 403, "not_permitted")


class TestOffering:
    def test_pilots_are_asked(self, cast: Cast, filed: HelpRequest, as_user: As) -> None:
        kaya = as_user(cast.kaya)
        made = body(kaya.post(f"help-requests/{filed.pk}/offers", {"pilots": [str(cast.ana.pk)]}), 201)[
            "offers"
        ]
        assert [offer["pilot"]["id"] for offer in made] == [str(cast.ana.pk)]
        assert body(kaya.get(f"help-requests/{filed.pk}/offers"))["results"] == made
        assert_problem(
            kaya.post(f"help-requests/{filed.pk}/offers", {"pilots": [str(cast.ana.pk)]}),
            409,
            "offer_already_pending",
        )

    def test_whoever_may_not_be_asked_is_refused_with_reasons(
        self, cast: Cast, filed: HelpRequest, as_user: As
    ) -> None:
        deaf = make.a_pilot("deniz", cast.kaya, skills={"tr": 6})
        sent = {"pilots": [str(cast.ana.pk), str(deaf.pk)]}
        problem = assert_problem(
            as_user(cast.kaya).post(f"help-requests/{filed.pk}/offers", sent), 422, "pilot_not_eligible"
        )
        assert problem["facts"]["pilot"] == str(deaf.pk)
        assert problem["facts"]["reasons"][0]["code"] == "language"
        assert problem["facts"]["reasons"][0]["text"].startswith("Speaks none of the languages")
        assert not Offer.objects.exists()

    def test_pilots_of_others_are_unknown(self, cast: Cast, filed: HelpRequest, as_user: As) -> None:
        foreign = make.a_pilot("femke", cast.frauke, postcode="26441")
        sent = {"pilots": [str(foreign.pk)]}
        assert_problem(
            as_user(cast.kaya).post(f"help-requests/{filed.pk}/offers", sent), 404, "pilot_unknown"
        )

    @pytest.mark.parametrize("pilots", [[], ["nobody"], [7], "x", None, [10**40], [str(uuid4())] * 21])
    def test_lists_that_are_none(self, cast: Cast, filed: HelpRequest, as_user: As, pilots: Any) -> None:
        refused = as_user(cast.kaya).post(f"help-requests/{filed.pk}/offers", {"pilots": pilots})
        assert_problem(refused, 400, "invalid_input")


class TestConfirming:
    def test_a_second_confirmation_comes_too_late(self, cast: Cast, filed: HelpRequest, as_user: As) -> None:
        offers = make.offers_to(filed, [cast.ana, cast.ben], cast.kaya)
        for offer in offers:
            make.accepted(offer)
        kaya = as_user(cast.kaya)
        confirmed = body(kaya.post(f"help-requests/{filed.pk}/confirm", {"offer": str(offers[0].pk)}), 201)
        assert confirmed["pilot"]["id"] == str(cast.ana.pk)
        second = kaya.post(f"help-requests/{filed.pk}/confirm", {"offer": str(offers[1].pk)})
        assert_problem(second, 409, "help_request_not_open")

    def test_who_has_not_accepted_is_not_confirmed(self, cast: Cast, filed: HelpRequest, as_user: As) -> None:
        (offer,) = make.offers_to(filed, [cast.ana], cast.kaya)
        kaya = as_user(cast.kaya)
        refused = kaya.post(f"help-requests/{filed.pk}/confirm", {"offer": str(offer.pk)})
        assert_problem(refused, 409, "offer_not_accepted")
        assert_problem(
            kaya.post(f"help-requests/{filed.pk}/confirm", {"offer": str(uuid4())}), 404, "offer_unknown"
        )

    @pytest.mark.parametrize("command", ["confirm", "offers", "suggestions", "close", "withdraw"])
    def test_other_offices_know_nothing_of_it(
        self, cast: Cast, filed: HelpRequest, as_user: As, command: str
    ) -> None:
        sent = {"offer": str(uuid4()), "pilots": [str(uuid4())], "reason": "mistake"}
        for stranger in (cast.frauke, cast.otto):
            refused = as_user(stranger).post(f"help-requests/{filed.pk}/{command}", sent)
            assert_problem(refused, 404, "help_request_unknown")


class TestEnding:
    def test_the_asking_side_withdraws(self, cast: Cast, filed: HelpRequest, as_user: As) -> None:
        rita = as_user(cast.rita)
        gone = body(rita.post(f"help-requests/{filed.pk}/withdraw", {"reason": "not_needed"}))
        assert (gone["status"], gone["withdrawn_reason"]) == ("WITHDRAWN", "not_needed")
        again = rita.post(f"help-requests/{filed.pk}/withdraw", {"reason": "not_needed"})
        assert_problem(again, 422, "transition_not_allowed")
        for reason in ("because", "", None):
            assert_problem(
                rita.post(f"help-requests/{filed.pk}/withdraw", {"reason": reason}), 400, "invalid_input"
            )

    def test_the_office_gives_up(self, cast: Cast, filed: HelpRequest, as_user: As) -> None:
        closed = body(as_user(cast.kaya).post(f"help-requests/{filed.pk}/close"))
        assert (closed["status"], closed["unfilled_reason"]) == ("UNFILLED", "no_pilot_found")


class TestTimeline:
    def test_the_office_reads_all_of_it_and_the_asking_side_its_own(
        self, cast: Cast, filed: HelpRequest, as_user: As
    ) -> None:
        make.an_assignment(filed, cast.ana, cast.kaya)
        office = body(as_user(cast.kaya).get(f"help-requests/{filed.pk}/timeline"))["results"]
        assert [event["kind"] for event in office] == [
            "HELP_REQUEST_FILED",
            "OFFER_MADE",
            "OFFER_ACCEPTED",
            "ASSIGNMENT_CONFIRMED",
        ]
        assert [event["pilot"] for event in office] == [None, *[cast.ana.display_code] * 3]
        assert office[0]["actor"] == str(cast.rita.pk)

        asking = body(as_user(cast.rita).get(f"help-requests/{filed.pk}/timeline"))["results"]
        assert [event["kind"] for event in asking] == ["HELP_REQUEST_FILED", "ASSIGNMENT_CONFIRMED"]
        assert {(event["actor"], event["pilot"]) for event in asking} == {(None, None)}
        assert set(office[-1]["facts"]) == {"slot_id", "seat", "offer_id"}
        assert [set(event["facts"]) for event in asking] == [set(), {"slot_id", "seat"}]


def test_a_request_whose_dates_have_passed(cast: Cast, filed: HelpRequest, clock: Clock, as_user: As) -> None:
    clock.now += timedelta(days=9)
    refused = as_user(cast.kaya).post(f"help-requests/{filed.pk}/suggestions")
    assert_problem(refused, 422, "no_date_left")


def test_whom_the_request_is_for_stays_a_case_key(cast: Cast, filed: HelpRequest, as_user: As) -> None:
    seen = body(as_user(cast.kaya).get(f"help-requests/{filed.pk}"))["help_seeker"]
    assert seen == {"id": str(cast.samir.pk), "case_key": HelpSeeker.objects.get().case_key}
