"""Does every hard rule reach from the rows through the adapter to the answer, with its code and its facts?"""

from datetime import date, datetime, timedelta

import pytest

from backend.dispatch.commands.offers import decline_offer
from backend.dispatch.models import HelpRequest
from backend.people.commands.pilots import pause_pilot, record_background_check
from backend.people.commands.vetoes import add_veto
from tests import factories as make
from tests.conftest import Cast
from tests.dispatch.suggesting import TUESDAY, check, reasons, suggest, suggested
from tests.factories import NOW, at


class TestLanguage:
    def test_another_one(self, cast: Cast) -> None:
        sora = make.a_pilot("sora", cast.kaya, skills={"ckb": 6})
        request = make.a_help_request(cast.samir, cast.rita)
        check(
            cast, request, fits=[cast.ana], out=sora, code="language", language="kmr", level=0, asked=["kmr"]
        )

    def test_not_well_enough(self, cast: Cast) -> None:
        low = make.a_pilot("low", cast.kaya, skills={"kmr": 3})
        request = make.a_help_request(cast.samir, cast.rita, required_level=4)
        check(cast, request, fits=[cast.ana], out=low, code="language", level=3, required_level=4)

    def test_through_a_neighbour(self, cast: Cast) -> None:
        darius = make.a_pilot("darius", cast.kaya, skills={"fa": 5})
        samir = make.a_help_seeker(cast.kaya, languages=["prs"])
        assert suggested(make.a_help_request(samir, cast.kaya, required_level=4), cast) == {darius}
        strict = make.a_help_request(samir, cast.kaya, required_level=5)
        assert suggested(strict, cast) == set()
        (reason,) = reasons(strict, darius)
        assert (reason["facts"]["level"], reason["facts"]["via"]) == (4, "fa")

    def test_any_one_of_several(self, cast: Cast) -> None:
        ana, sora = cast.ana, make.a_pilot("sora", cast.kaya, skills={"ckb": 6})
        samir = make.a_help_seeker(cast.kaya, languages=["kmr", "ckb"])
        assert suggested(make.a_help_request(samir, cast.kaya), cast) == {ana, sora}


class TestGerman:
    def test_below_what_the_office_asks(self, cast: Cast) -> None:
        weak = make.a_pilot("weak", cast.kaya, german_level=2)
        request = make.a_help_request(cast.samir, cast.rita)
        check(cast, request, fits=[cast.ana], out=weak, code="german", required_level=3, level=2)


class TestReach:
    def test_too_far_for_one_of_two(self, cast: Cast) -> None:
        near, far = cast.ana, make.a_pilot("berta", cast.kaya, postcode="33602", reach_km=42)
        request = make.a_help_request(cast.samir, cast.rita)
        check(
            cast, request, fits=[near], out=far, code="reach", reach_km=42.0, distance_km=43.2, remote=False
        )

    def test_within_the_box_but_outside_the_circle(self, cast: Cast) -> None:
        corner = make.a_pilot(
            "cora", cast.kaya, postcode="49324", reach_km=20
        )  # Melle: 19.6 km east, 8.4 south
        request = make.a_help_request(cast.samir, cast.rita)
        assert suggested(request, cast) == set()
        (reason,) = reasons(request, corner)
        assert (reason["code"], reason["facts"]["distance_km"]) == ("reach", 21.3)

    def test_remote_knows_no_distance(self, cast: Cast) -> None:
        far = make.a_pilot("berta", cast.kaya, postcode="33602", reach_km=1)
        request = make.a_help_request(cast.samir, cast.rita, setting="video")
        assert suggested(request, cast) == {far}


class TestOffice:
    def test_a_foreign_pilot_is_not_considered(self, cast: Cast) -> None:
        make.a_pilot("jule", cast.frauke, postcode="26441", reach_km=300)
        run = suggest(make.a_help_request(cast.samir, cast.rita), cast)
        assert (run.considered, run.eligible) == (0, 0)


class TestStatus:
    def test_an_applicant_or_a_paused_pilot_is_not_considered(self, cast: Cast) -> None:
        applicant = make.a_pilot("petra", cast.kaya, active=False)
        pause_pilot(pilot_id=cast.ben.pk, until=None, by=cast.kaya, now=NOW)
        request = make.a_help_request(cast.samir, cast.rita)
        run = suggest(request, cast)
        assert (run.considered, run.eligible) == (0, 0)
        cast.ben.refresh_from_db()
        assert reasons(request, applicant) == [{"code": "not_active", "facts": {"status": "APPLICANT"}}]
        assert reasons(request, cast.ben) == [{"code": "not_active", "facts": {"status": "PAUSED"}}]

    def test_all_reasons_are_told_of_who_is_not_active_too(self, cast: Cast) -> None:
        away = make.a_pilot(
            "alma", cast.kaya, active=False, skills={"tr": 6}, german_level=2, postcode="33602", reach_km=5
        )
        told = reasons(make.a_help_request(cast.samir, cast.rita), away)
        assert [reason["code"] for reason in told] == ["not_active", "language", "german", "reach"]
        assert told[1]["facts"]["asked"] == ["kmr"]
        assert told[3]["facts"] == {"distance_km": 43.2, "reach_km": 5.0, "remote": False}

    def test_the_profile_of_who_is_not_active_counts_as_it_is(self, cast: Cast) -> None:
        applicant = make.a_pilot("farah", cast.kaya, active=False, skills={"fa": 4})
        samir = make.a_help_seeker(cast.kaya, languages=["prs"])
        _, language = reasons(make.a_help_request(samir, cast.kaya, required_level=4), applicant)
        assert (language["code"], language["facts"]["level"], language["facts"]["via"]) == (
            "language",
            3,
            "fa",
        )
        assert len(reasons(make.a_help_request(samir, cast.kaya), applicant)) == 1


class TestTopic:
    def test_refused(self, cast: Cast) -> None:
        unwilling = make.a_pilot("uli", cast.kaya, topics_refused=["school", "health"])
        request = make.a_help_request(cast.samir, cast.rita)
        check(cast, request, fits=[cast.ana], out=unwilling, code="topic", topic="school")
        assert suggested(make.a_help_request(cast.samir, cast.rita, topic="work"), cast) == {
            cast.ana,
            unwilling,
        }


class TestGender:
    def test_a_wish_is_kept(self, cast: Cast) -> None:
        request = make.a_help_request(cast.samir, cast.rita, gender_wish="f")
        check(cast, request, fits=[cast.ana], out=cast.ben, code="gender", wanted="f", gender="m")

    def test_who_has_not_said_fits_no_wish(self, cast: Cast) -> None:
        silent = make.a_pilot("silke", cast.kaya)
        request = make.a_help_request(cast.samir, cast.rita, gender_wish="f")
        check(cast, request, fits=[cast.ana], out=silent, code="gender", gender="")


class TestBackgroundCheck:
    """With minors; inspected on 15 January 2026 and good for three years, unless told otherwise."""

    def request(self, cast: Cast, when: datetime | None = None) -> HelpRequest:
        starts = when or TUESDAY[0]
        slots = [(starts, starts + timedelta(hours=1))]
        return make.a_help_request(cast.samir, cast.rita, minors=True, slots=slots)

    def test_none(self, cast: Cast) -> None:
        unchecked = make.a_pilot("una", cast.kaya, checked=None)
        check(
            cast, self.request(cast), fits=[cast.ana], out=unchecked, code="background_check",
            valid_until_minute=None,
        )  # fmt: skip

    def test_without_minors_nobody_asks(self, cast: Cast) -> None:
        unchecked = make.a_pilot("una", cast.kaya, checked=None)
        assert suggested(make.a_help_request(cast.samir, cast.rita), cast) == {unchecked}

    def test_valid_on_its_last_day_and_not_after(self, cast: Cast) -> None:
        pilot = make.a_pilot("lena", cast.kaya, checked=date(2023, 11, 10))
        assert pilot.background_checks.get().valid_until == date(2026, 11, 10)
        assert suggested(self.request(cast, at(10, 18)), cast) == {pilot}
        assert suggested(self.request(cast, at(11, 8)), cast) == set()

    def test_one_that_stands_in_the_way(self, cast: Cast) -> None:
        tainted = make.a_pilot("tara", cast.kaya)
        record_background_check(
            pilot_id=tainted.pk,
            inspected_date=date(2026, 10, 1),
            stands_in_the_way=True,
            by=cast.kaya,
            now=NOW,
        )
        assert suggested(self.request(cast), cast) == set()
        record_background_check(
            pilot_id=tainted.pk,
            inspected_date=date(2026, 11, 2),
            stands_in_the_way=False,
            by=cast.kaya,
            now=NOW,
        )
        assert suggested(self.request(cast), cast) == {tainted}


class TestVeto:
    @pytest.mark.parametrize("kind", ["help_seeker_id", "organisation_id", "postcode"])
    def test_never_again(self, cast: Cast, kind: str) -> None:
        named = {"help_seeker_id": cast.samir.pk, "organisation_id": cast.school.pk, "postcode": "49074"}
        add_veto(pilot_id=cast.ben.pk, by=cast.ben.user, now=NOW, **{kind: named[kind]})
        request = make.a_help_request(cast.samir, cast.rita)
        check(cast, request, fits=[cast.ana], out=cast.ben, code="veto")
        assert reasons(request, cast.ben)[0]["facts"] == {}

    def test_of_another_place_or_person_is_none(self, cast: Cast) -> None:
        other = make.a_help_seeker(cast.kaya)
        add_veto(pilot_id=cast.ben.pk, by=cast.ben.user, now=NOW, postcode="49076")
        add_veto(pilot_id=cast.ben.pk, by=cast.ben.user, now=NOW, help_seeker_id=other.pk)
        assert suggested(make.a_help_request(cast.samir, cast.rita), cast) == {cast.ben}

    def test_declined_is_declined_for_this_request_only(self, cast: Cast) -> None:
        request = make.a_help_request(cast.samir, cast.rita)
        (offer, _) = make.offers_to(request, [cast.ben, cast.ana], cast.kaya)
        decline_offer(offer_id=offer.pk, by=cast.ben.user, now=NOW)
        check(cast, request, fits=[cast.ana], out=cast.ben, code="veto")
        assert suggested(make.a_help_request(cast.samir, cast.rita), cast) == {cast.ana, cast.ben}
