"""Pilots through the API: who registers, who sees whom, and who may change what."""

import json
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.http import HttpResponse

from backend.accounts.models import User
from backend.journal.models import AccessLog, Event
from backend.people.models import Absence, Pilot
from tests import factories as make
from tests.api import bodies
from tests.api.conftest import Caller, Clock, assert_problem
from tests.conftest import Cast

As = Callable[..., Caller]


def body(response: HttpResponse, status: int = 200) -> Any:
    read = json.loads(response.content)
    assert response.status_code == status, read
    return read


class TestRegistration:
    def test_a_stranger_gets_the_same_answer_for_a_known_and_an_unknown_address(
        self, cast: Cast, anonymous: Caller
    ) -> None:
        new = anonymous.post("pilots", bodies.a_pilot("dilan@mail.example"))
        known = anonymous.post(
            "pilots", bodies.a_pilot("Dilan@mail.example", person={"name": "Somebody Else"})
        )
        assert (new.status_code, known.status_code) == (202, 202)
        assert new.content == known.content
        (pilot,) = Pilot.objects.all()
        assert pilot.identity.name == "Dilan Yildiz"

    def test_it_is_stored_as_it_was_said(self, cast: Cast, anonymous: Caller) -> None:
        anonymous.post("pilots", bodies.a_pilot("dilan@mail.example", language="en"))
        pilot = Pilot.objects.get()
        assert pilot.user.language == "en"
        assert pilot.office == cast.osnabrueck
        assert (pilot.german_level, pilot.reach_km, pilot.gender) == (5, 20, "f")
        assert (pilot.monthly_hours, pilot.heavy_per_month) == (12, 2)
        assert {(s.language, s.speaks, s.understands) for s in pilot.skills.all()} == {
            ("kmr", 6, 6),
            ("tr", 4, 5),
        }
        assert pilot.identity.phone == "+495413231234"
        assert pilot.availabilities.count() == 5
        assert pilot.home.street == ""

    def test_a_newcomer_without_a_language_gets_that_of_the_request(
        self, cast: Cast, anonymous: Caller
    ) -> None:
        registration = bodies.a_pilot("dilan@mail.example")
        del registration["language"]
        anonymous.post("pilots", registration)
        assert User.objects.get(email="dilan@mail.example").language == "en"

    def test_a_stranger_makes_nothing_of_somebody_elses_account(
        self, cast: Cast, anonymous: Caller, as_user: As
    ) -> None:
        new = anonymous.post("pilots", bodies.a_pilot("dilan@mail.example"))
        for stranger in (anonymous, as_user(cast.frauke)):
            forged = stranger.post("pilots", bodies.a_pilot(cast.kaya.email))
            assert (forged.status_code, forged.content) == (new.status_code, new.content)
        organisation = bodies.an_organisation(contact_email=cast.kaya.email)
        assert anonymous.post("organisations", organisation).content == new.content
        assert not Pilot.objects.filter(user=cast.kaya).exists()
        assert [m.role for m in cast.kaya.memberships.all()] == ["coordinator"]
        assert not Event.objects.filter(actor_id=cast.kaya.pk).exclude(kind="API_TOKEN_ISSUED").exists()

    def test_whoever_is_signed_in_gets_the_role_beside_the_others(self, cast: Cast, as_user: As) -> None:
        made = body(as_user(cast.rita).post("pilots", bodies.a_pilot(cast.rita.email)), 201)
        assert Pilot.objects.get(pk=made["id"]).user == cast.rita
        assert made["missing_for_activation"] == ["basic_course"]

    def test_a_coordinator_gets_the_pilot(self, cast: Cast, clock: Clock, as_user: As) -> None:
        made = body(as_user(cast.kaya).post("pilots", bodies.a_pilot("dilan@mail.example")), 201)
        assert made["status"] == "APPLICANT"
        assert made["missing_for_activation"] == ["basic_course", "confidentiality_pledge"]
        clock.pass_by(minutes=1)
        again = body(as_user(cast.kaya).post("pilots", bodies.a_pilot("dilan@mail.example")), 200)
        assert again["id"] == made["id"]

    def test_a_coordinator_of_another_office_learns_as_little_as_a_stranger(
        self, cast: Cast, as_user: As
    ) -> None:
        answer = body(as_user(cast.frauke).post("pilots", bodies.a_pilot("dilan@mail.example")), 202)
        assert set(answer) == {"status", "detail"}

    def test_no_mail_server_takes_more_than_64_characters_before_the_at(
        self, cast: Cast, anonymous: Caller
    ) -> None:
        body(anonymous.post("pilots", bodies.a_pilot("d" * 64 + "@mail.example")), 202)
        problem = assert_problem(
            anonymous.post("pilots", bodies.a_pilot("d" * 65 + "@mail.example")), 400, "invalid_input"
        )
        assert [(e["field"], e["code"]) for e in problem["errors"]] == [("email", "local_part_too_long")]

    def test_nobody_serves_the_place(self, cast: Cast, anonymous: Caller) -> None:
        cast.friesland.service_postcodes = []
        cast.friesland.save()
        answer = anonymous.post("pilots", bodies.a_pilot("dilan@mail.example", home={"postcode": "26441"}))
        assert_problem(answer, 422, "no_office_serves_place")


class TestReading:
    def test_who_sees_whom(self, cast: Cast, as_user: As, anonymous: Caller) -> None:
        ana, ben = cast.ana, cast.ben
        seen = {
            name: bodies.ids(body(as_user(user).get("pilots"))["results"])
            for name, user in {
                "kaya": cast.kaya,
                "frauke": cast.frauke,
                "ana": ana.user,
                "rita": cast.rita,
                "otto": cast.otto,
            }.items()
        }
        both = {str(ana.pk), str(ben.pk)}
        assert seen == {"kaya": both, "frauke": set(), "ana": {str(ana.pk)}, "rita": set(), "otto": set()}
        assert_problem(anonymous.get("pilots"), 401, "sign_in_needed")
        assert_problem(as_user(ana.user).get(f"pilots/{ben.pk}"), 404, "pilot_unknown")
        assert_problem(as_user(cast.frauke).get(f"pilots/{ana.pk}"), 404, "pilot_unknown")
        assert_problem(as_user(cast.rita).get(f"pilots/{ana.pk}"), 404, "pilot_unknown")
        assert body(as_user(ana.user).get(f"pilots/{ana.pk}"))["display_code"] == ana.display_code

    def test_no_name_street_or_phone_stands_in_a_profile(self, cast: Cast, as_user: As) -> None:
        assert cast.ana
        for path in ("pilots", f"pilots/{cast.ana.pk}"):
            text = as_user(cast.kaya).get(path).content.decode()
            assert '"Ana"' not in text
            assert "4954112345" not in text
        assert not AccessLog.objects.exists()

    def test_names_are_opened_on_demand_and_logged(self, cast: Cast, as_user: As) -> None:
        assert cast.ana and cast.ben
        rows = body(as_user(cast.kaya).get("pilots", names="true"))["results"]
        assert {row["name"] for row in rows} == {"Ana", "Ben"}
        assert set(AccessLog.objects.values_list("reader_id", "subject_id", "reason")) == {
            (cast.kaya.pk, pilot.pk, "overview") for pilot in (cast.ana, cast.ben)
        }

    @pytest.mark.parametrize(
        ("query", "who"),
        [
            ({"status": "ACTIVE"}, {"ana", "ben"}),
            ({"status": "PAUSED"}, set()),
            ({"language": "tr"}, {"ana"}),
            ({"language": "TUR"}, {"ana"}),
            ({"status": "ACTIVE", "language": "kmr"}, {"ana", "ben"}),
        ],
    )
    def test_filters(self, cast: Cast, as_user: As, query: dict[str, str], who: set[str]) -> None:
        expected = {
            str({"ana": cast.ana, "ben": cast.ben}[name].pk) for name in ("ana", "ben") if name in who
        }
        assert cast.ana and cast.ben
        assert bodies.ids(body(as_user(cast.kaya).get("pilots", **query))["results"]) == expected

    def test_pages_follow_each_other_without_gap_or_repetition(self, cast: Cast, as_user: As) -> None:
        made = {str(make.a_pilot(f"pilot{n}", cast.kaya, active=False).pk) for n in range(5)}
        caller, seen, path = as_user(cast.kaya), [], "pilots?page_size=2"
        while path:
            page = body(caller.get(path))
            seen += [row["id"] for row in page["results"]]
            path = (page["next"] or "").partition("/api/v1/")[2]
        assert seen == sorted(made, reverse=True)


class TestIdentity:
    def test_opening_is_logged_with_its_reason(self, cast: Cast, as_user: As) -> None:
        opened = body(as_user(cast.kaya).get(f"pilots/{cast.ana.pk}/identity", reason="contact"))
        assert opened == {"name": "Ana", "phone": "+4954112345", "street": ""}
        (entry,) = AccessLog.objects.all()
        assert (entry.reader_id, entry.subject_id, entry.reason) == (cast.kaya.pk, cast.ana.pk, "contact")

    def test_a_reason_is_needed(self, cast: Cast, as_user: As) -> None:
        for query in ({}, {"reason": "curiosity"}, {"reason": ""}):
            assert_problem(
                as_user(cast.kaya).get(f"pilots/{cast.ana.pk}/identity", **query), 400, "invalid_input"
            )
        assert not AccessLog.objects.exists()

    def test_oneself_without_a_line_in_the_log(self, cast: Cast, as_user: As) -> None:
        own = body(as_user(cast.ana.user).get(f"pilots/{cast.ana.pk}/identity", reason="correction"))
        assert own["name"] == "Ana"
        assert not AccessLog.objects.exists()

    def test_nobody_else(self, cast: Cast, as_user: As, anonymous: Caller) -> None:
        path = f"pilots/{cast.ana.pk}/identity?reason=contact"
        for user in (cast.ben.user, cast.rita, cast.frauke, cast.otto):
            assert_problem(as_user(user).get(path), 404, "pilot_unknown")
        assert_problem(anonymous.get(path), 401, "sign_in_needed")


class TestChanging:
    def test_the_pilot_changes_her_profile(self, cast: Cast, as_user: As) -> None:
        change = {
            "languages": [{"language": "ar", "speaks": 4, "understands": 5}],
            "wishes": {"german_level": 4, "reach_km": 8, "topics_refused": ["money"]},
            "home": {"postcode": "49324"},
            "person": {"name": "Ana Neu", "phone": "", "street": "Neue Straße 1"},
        }
        changed = body(as_user(cast.ana.user).patch(f"pilots/{cast.ana.pk}", change))
        assert [skill["language"] for skill in changed["languages"]] == ["ar"]
        assert (changed["reach_km"], changed["german_level"]) == (8, 4)
        assert changed["home"]["place"] == "Melle"
        cast.ana.identity.refresh_from_db()
        assert cast.ana.identity.name == "Ana Neu"
        event = Event.objects.filter(subject_id=cast.ana.pk).latest("pk")
        assert (event.kind, event.actor_id) == ("PILOT_PROFILE_CHANGED", cast.ana.user_id)

    def test_what_is_not_given_stays(self, cast: Cast, as_user: As) -> None:
        changed = body(as_user(cast.ana.user).patch(f"pilots/{cast.ana.pk}", {"home": {"postcode": "49324"}}))
        assert {skill["language"] for skill in changed["languages"]} == {"kmr", "tr"}
        assert changed["reach_km"] == 30

    def test_pausing_and_coming_back(self, cast: Cast, as_user: As) -> None:
        own = as_user(cast.ana.user)
        paused = body(own.post(f"pilots/{cast.ana.pk}/pause", {"until": "2026-12-24"}))
        assert (paused["status"], paused["paused_until"]) == ("PAUSED", "2026-12-24")
        assert_problem(own.post(f"pilots/{cast.ana.pk}/pause", {}), 422, "transition_not_allowed")
        assert body(own.post(f"pilots/{cast.ana.pk}/resume"))["status"] == "ACTIVE"
        assert_problem(own.post(f"pilots/{cast.ana.pk}/resume"), 422, "pilot_not_paused")

    def test_an_applicant_without_course_is_not_activated(self, cast: Cast, as_user: As) -> None:
        pilot = make.a_pilot("dilan", cast.kaya, active=False)
        problem = assert_problem(
            as_user(cast.kaya).post(f"pilots/{pilot.pk}/activate"), 422, "pilot_not_ready"
        )
        missing = ["basic_course", "confidentiality_pledge"]
        assert problem["facts"] == {"missing": missing, "course_hours": 50}
        assert "50" in problem["detail"]

    def test_the_office_says_that_it_has_the_pledge(self, cast: Cast, as_user: As) -> None:
        pilot, office = make.a_pilot("dilan", cast.kaya, active=False), as_user(cast.kaya)
        course = {"kind": "basic_course", "hours": 50, "issued_date": "2026-01-01"}
        body(office.post(f"pilots/{pilot.pk}/qualifications", course), 201)
        problem = assert_problem(office.post(f"pilots/{pilot.pk}/activate"), 422, "pilot_not_ready")
        assert problem["facts"]["missing"] == ["confidentiality_pledge"]
        activated = body(office.post(f"pilots/{pilot.pk}/activate", {"pledge_seen": True}))
        assert (activated["status"], activated["missing_for_activation"]) == ("ACTIVE", [])

    @pytest.mark.parametrize(
        ("path", "sent"),
        [
            ("activate", {}),
            ("qualifications", {"kind": "basic_course", "hours": 5, "issued_date": "2026-01-01"}),
            ("background-checks", {"inspected_date": "2026-01-01"}),
        ],
    )
    def test_what_only_the_office_does(
        self, cast: Cast, as_user: As, anonymous: Caller, path: str, sent: dict
    ) -> None:
        address = f"pilots/{cast.ana.pk}/{path}"
        assert_problem(as_user(cast.ana.user).post(address, sent), 403, "not_permitted")
        for stranger in (cast.frauke, cast.rita, cast.ben.user):
            assert_problem(as_user(stranger).post(address, sent), 404, "pilot_unknown")
        assert_problem(anonymous.post(address, sent), 401, "sign_in_needed")

    @pytest.mark.parametrize(
        ("path", "sent", "field"),
        [
            (
                "qualifications",
                {"kind": "basic_course", "hours": 5, "issued_date": "2027-01-01"},
                "issued_date",
            ),
            ("background-checks", {"inspected_date": "2027-01-01"}, "inspected_date"),
        ],
    )
    def test_certificates_from_the_future(
        self, cast: Cast, as_user: As, path: str, sent: dict, field: str
    ) -> None:
        problem = assert_problem(
            as_user(cast.kaya).post(f"pilots/{cast.ana.pk}/{path}", sent), 422, "date_in_future"
        )
        assert problem["errors"][0]["field"] == field


class TestTimes:
    WEEK = {"week": [{"weekday": 2, "starts": "09:00", "ends": "12:30"}]}

    def test_the_week_is_replaced_as_a_whole(self, cast: Cast, as_user: As) -> None:
        own = as_user(cast.ana.user)
        assert len(body(own.get("availability"))["week"]) == 7
        assert body(own.put("availability", self.WEEK)) == self.WEEK
        assert body(as_user(cast.kaya).get(f"pilots/{cast.ana.pk}/availability")) == self.WEEK

    def test_the_office_may_do_it_for_her_and_others_may_not(self, cast: Cast, as_user: As) -> None:
        address = f"pilots/{cast.ana.pk}/availability"
        assert body(as_user(cast.kaya).put(address, self.WEEK)) == self.WEEK
        for stranger in (cast.frauke, cast.ben.user, cast.rita):
            assert_problem(as_user(stranger).put(address, {"week": []}), 404, "pilot_unknown")
            assert_problem(as_user(stranger).get(address), 404, "pilot_unknown")
        assert_problem(as_user(cast.kaya).get("availability"), 404, "pilot_unknown")

    @pytest.mark.parametrize(
        ("spans", "code"),
        [([("09:00", "09:00")], "time_order"), ([("09:00", "12:00"), ("11:00", "13:00")], "times_overlap")],
    )
    def test_weeks_that_are_none(self, cast: Cast, as_user: As, spans: list, code: str) -> None:
        week = [{"weekday": 0, "starts": starts, "ends": ends} for starts, ends in spans]
        assert_problem(as_user(cast.ana.user).put("availability", {"week": week}), 422, code)

    def test_days_away(self, cast: Cast, as_user: As) -> None:
        own = as_user(cast.ana.user)
        away = body(own.post("absences", {"start_date": "2026-12-20", "end_date": "2027-01-03"}), 201)
        assert away["pilot"] == str(cast.ana.pk)
        assert body(own.get("absences"))["results"] == [away]
        assert body(as_user(cast.kaya).get(f"pilots/{cast.ana.pk}/absences"))["results"] == [away]
        assert_problem(as_user(cast.ben.user).delete(f"absences/{away['id']}"), 404, "absence_unknown")
        assert own.delete(f"absences/{away['id']}").status_code == 204
        assert body(own.get("absences"))["results"] == []

    def test_days_away_in_the_wrong_order(self, cast: Cast, as_user: As) -> None:
        away = {"start_date": "2026-12-20", "end_date": "2026-12-19"}
        assert_problem(as_user(cast.ana.user).post("absences", away), 422, "date_order")

    def test_days_away_that_are_over(self, cast: Cast, as_user: As) -> None:
        away = {"start_date": "2026-10-01", "end_date": "2026-10-02"}
        assert_problem(as_user(cast.ana.user).post("absences", away), 422, "absence_over")

    def test_only_coming_days_away(self, cast: Cast, as_user: As) -> None:
        own = as_user(cast.ana.user)
        Absence.objects.create(pilot=cast.ana, start_date=date(2026, 10, 1), end_date=date(2026, 10, 2))
        body(own.post("absences", {"start_date": "2026-11-01", "end_date": "2026-11-02"}), 201)
        assert len(body(own.get("absences", coming="true"))["results"]) == 1
