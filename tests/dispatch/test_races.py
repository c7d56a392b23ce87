"""When several act in the same instant, does exactly one of them win, and does the database alone insist on it?

The controls at the end run the same races with the locks and constraints taken away, and then two win.
"""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from threading import Event as Signal
from time import monotonic
from typing import Any

import pytest
from django.db import connection
from django.db.models import QuerySet

from backend.accounts.models import User
from backend.dispatch.commands import leaving
from backend.dispatch.commands.assignments import cancel_assignment, confirm_assignment
from backend.dispatch.commands.help_requests import withdraw_help_request
from backend.dispatch.commands.offers import accept_offer, make_offers
from backend.dispatch.models import Assignment, HelpRequest, Offer
from backend.dispatch.states import HelpRequestStatus, OfferStatus
from backend.errors import Conflict
from backend.journal.kinds import EventKind
from backend.journal.models import Event
from backend.people.models import Pilot
from backend.people.states import PilotStatus
from backend.privacy.commands import erase_account, erasing
from tests import factories as make
from tests.conftest import Cast
from tests.dispatch.racing import without
from tests.factories import NOW, at
from tests.threads import PATIENCE_SECONDS, at_once

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 5


def confirm(offer: Offer, by: User) -> Callable[[], Assignment]:
    return partial(
        confirm_assignment, help_request_id=offer.help_request_id, offer_id=offer.pk, by=by, now=NOW
    )


def accept(offer: Offer) -> Callable[[], Offer]:
    slot_id = offer.slots.get().pk
    return partial(accept_offer, offer_id=offer.pk, slot_id=slot_id, by=offer.pilot.user, now=NOW)


def accepted(help_request: HelpRequest, pilots: list[Pilot], cast: Cast) -> list[Offer]:
    return [make.accepted(offer, now=NOW) for offer in make.offers_to(help_request, pilots, cast.kaya)]


def fresh(user: User) -> User:
    """Another login session of the same person, with nothing cached in common."""
    return User.objects.get(pk=user.pk)


def confirmations() -> int:
    return Event.objects.filter(kind=EventKind.ASSIGNMENT_CONFIRMED).count()


class TestOneRequest:
    def test_accepting_and_confirming_all_at_once(self, cast: Cast) -> None:
        """Four pilots say yes while two coordinators confirm two others who already have."""
        pilots = [make.a_pilot(f"p{n}", cast.kaya) for n in range(6)]
        karl = make.a_coordinator("karl", cast.osnabrueck)
        for number in range(1, ROUNDS + 1):
            day = at(10 + number, 10)
            help_request = make.a_help_request(cast.samir, cast.rita, slots=[(day, day + timedelta(hours=1))])
            pending = make.offers_to(help_request, pilots[:4], cast.kaya)
            first, second = accepted(help_request, pilots[4:], cast)

            *answers, one, other = at_once(
                *(accept(offer) for offer in pending), confirm(first, cast.kaya), confirm(second, karl)
            )

            assert {type(one), type(other)} == {Assignment, Conflict}
            help_request.refresh_from_db()
            assert help_request.status == HelpRequestStatus.ASSIGNED
            assert help_request.assignments.live().count() == 1
            assert confirmations() == number
            statuses = dict(help_request.offers.values_list("pk", "status"))
            assert sorted(statuses[offer.pk] for offer in (first, second)) == ["CHOSEN", "RESERVE"]
            # A yes was in time and is the reserve now, or the offer had been taken back before it came.
            for offer, answer in zip(pending, answers, strict=True):
                in_time = not isinstance(answer, Conflict)
                assert statuses[offer.pk] == (OfferStatus.RESERVE if in_time else OfferStatus.RETRACTED)

    def test_the_same_confirmation_clicked_twice(self, cast: Cast) -> None:
        (offer,) = accepted(make.a_help_request(cast.samir, cast.rita), [cast.ana], cast)
        answers = at_once(*(confirm(offer, fresh(cast.kaya)) for _ in range(4)))
        assert sum(isinstance(answer, Assignment) for answer in answers) == 1
        assert {a.code for a in answers if isinstance(a, Conflict)} == {"help_request_not_open"}

    def test_the_last_of_two_seats(self, cast: Cast) -> None:
        third = make.a_pilot("cem", cast.kaya)
        for_two = make.a_help_request(cast.samir, cast.rita, seats=2)
        offers = accepted(for_two, [cast.ana, cast.ben, third], cast)
        answers = at_once(*(confirm(offer, fresh(cast.kaya)) for offer in offers))
        assert sorted(a.seat for a in answers if isinstance(a, Assignment)) == [1, 2]
        assert sum(isinstance(answer, Conflict) for answer in answers) == 1

    def test_asking_the_same_pilot_twice(self, cast: Cast) -> None:
        help_request = make.a_help_request(cast.samir, cast.rita)
        ask = [
            partial(
                make_offers,
                help_request_id=help_request.pk,
                pilot_ids=[cast.ana.pk],
                by=fresh(cast.kaya),
                now=NOW,
            )
            for _ in range(3)
        ]
        answers = at_once(*ask)
        assert sum(isinstance(answer, list) for answer in answers) == 1
        assert {a.code for a in answers if isinstance(a, Conflict)} == {"offer_already_pending"}
        assert Offer.objects.count() == 1

    def test_confirming_what_is_withdrawn_in_the_same_moment(self, cast: Cast) -> None:
        (offer,) = accepted(make.a_help_request(cast.samir, cast.rita), [cast.ana], cast)
        confirmed, withdrawn = at_once(
            confirm(offer, cast.kaya),
            partial(
                withdraw_help_request,
                help_request_id=offer.help_request_id,
                reason="mistake",
                by=cast.rita,
                now=NOW,
            ),
        )
        assert withdrawn.status == HelpRequestStatus.WITHDRAWN
        assert not Assignment.objects.live().exists()
        assert isinstance(confirmed, Conflict) or Assignment.objects.get().status == "CANCELLED"

    def test_a_pilot_dropping_out_while_the_office_cancels(self, cast: Cast) -> None:
        assignment = make.an_assignment(make.a_help_request(cast.samir, cast.rita), cast.ana, cast.kaya)
        answers = at_once(
            *(
                partial(cancel_assignment, assignment_id=assignment.pk, reason="pilot_ill", by=by, now=NOW)
                for by in (cast.ana.user, cast.kaya)
            )
        )
        assert {type(answer) for answer in answers} == {Assignment, Conflict}
        assert Event.objects.filter(kind=EventKind.ASSIGNMENT_CANCELLED).count() == 1


class TestOnePilot:
    @pytest.mark.parametrize("minutes", [0, 75], ids=["pilot_double_booked", "travel_time_missing"])
    def test_two_requests_want_her(self, cast: Cast, minutes: int) -> None:
        karl = make.a_coordinator("karl", cast.osnabrueck)
        for number in range(1, ROUNDS + 1):
            offers = self.accepted_twice(cast, day=10 + number, minutes=minutes)
            answers = at_once(*(confirm(o, by) for o, by in zip(offers, (cast.kaya, karl), strict=True)))
            assert {type(answer) for answer in answers} == {Assignment, Conflict}
            (refusal,) = [answer for answer in answers if isinstance(answer, Conflict)]
            assert refusal.code == ("travel_time_missing" if minutes else "pilot_double_booked")
            assert Assignment.objects.live().count() == confirmations() == number
            for offer, answer in zip(offers, answers, strict=True):
                offer.refresh_from_db()
                won = isinstance(answer, Assignment)
                assert offer.status == (OfferStatus.CHOSEN if won else OfferStatus.ACCEPTED)
                offer.help_request.refresh_from_db()
                expected = HelpRequestStatus.ASSIGNED if won else HelpRequestStatus.OPEN
                assert offer.help_request.status == expected

    @staticmethod
    def accepted_twice(cast: Cast, *, day: int, minutes: int) -> list[Offer]:
        first = at(day, 10)
        later = first + timedelta(minutes=minutes)
        requests = [
            make.a_help_request(cast.samir, cast.rita, slots=[(start, start + timedelta(hours=1))])
            for start in (first, later)
        ]
        return [offer for request in requests for offer in accepted(request, [cast.ana], cast)]


class TestAPilotWhoErasesHerAccount:
    """Nobody commissions or asks her in the same moment: she is still there with it, or gone without it."""

    def test_a_confirmation_while_she_gives_back_another(
        self, cast: Cast, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        make.an_assignment(make.a_help_request(cast.samir, cast.rita), cast.ana, cast.kaya)
        day = at(12, 10)
        later = make.a_help_request(cast.samir, cast.rita, slots=[(day, day + timedelta(hours=1))])
        (offer,) = accepted(later, [cast.ana], cast)
        seen, done = Signal(), Signal()

        def cancel_and_wait(**given: Any) -> Assignment:
            cancelled = cancel_assignment(**given)
            seen.set()
            assert done.wait(PATIENCE_SECONDS)
            return cancelled

        def in_between() -> Assignment:
            assert seen.wait(PATIENCE_SECONDS)
            try:
                return confirm(offer, fresh(cast.kaya))()
            finally:
                done.set()

        monkeypatch.setattr(leaving, "cancel_assignment", cancel_and_wait)
        erase = partial(erase_account, by=fresh(cast.ana.user), now=NOW)
        erased, confirmed = at_once(erase, in_between)

        assert isinstance(confirmed, Assignment)
        assert isinstance(erased, Conflict)
        assert erased.code == "busy_try_again"
        assert Pilot.objects.get(pk=cast.ana.pk).is_bookable
        assert Assignment.objects.live().count() == 2  # nothing was given back by halves
        erase()
        assert not Assignment.objects.live().exists()
        assert Pilot.objects.get(pk=cast.ana.pk).status == PilotStatus.ERASED

    def test_a_question_while_she_is_erased(self, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
        help_request = make.a_help_request(cast.samir, cast.rita)
        seen = Signal()

        def forget_when_asked(pilot: Pilot) -> None:
            seen.set()
            give_up = monotonic() + PATIENCE_SECONDS
            while not somebody_waits():
                assert monotonic() < give_up
            leaving.forget_pilot(pilot)

        def ask() -> list[Offer]:
            assert seen.wait(PATIENCE_SECONDS)
            return make_offers(
                help_request_id=help_request.pk, pilot_ids=[cast.ana.pk], by=fresh(cast.kaya), now=NOW
            )

        monkeypatch.setattr(erasing, "forget_pilot", forget_when_asked)
        erased, asked = at_once(partial(erase_account, by=fresh(cast.ana.user), now=NOW), ask)

        assert erased is None
        assert isinstance(asked, Conflict)
        assert asked.code == "busy_try_again"
        assert not Offer.objects.exists()


def somebody_waits() -> bool:
    """Whether another connection waits for a row of this one."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT 1 FROM pg_locks WHERE NOT granted)")
        return bool(cursor.fetchone()[0])


class TestControls:
    """Each guard of the two races is taken away, so that one sees what it is for and that the tests can fail."""

    @pytest.fixture
    def no_row_locks(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Every locked read becomes a plain one: of the request first of all, and of its offers."""
        monkeypatch.setattr(QuerySet, "select_for_update", lambda self, **options: self)

    @pytest.fixture
    def slow_and_quick(self, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> Callable[[], list[Any]]:
        """Two coordinators: the slow one has seen a free seat, and only goes on when the quick one is done."""
        offers = accepted(make.a_help_request(cast.samir, cast.rita), [cast.ana, cast.ben], cast)
        seen, done = Signal(), Signal()
        look = HelpRequest.free_seats

        def look_and_wait(help_request: HelpRequest) -> list[int]:
            seats = look(help_request)
            if not seen.is_set():
                seen.set()
                assert done.wait(PATIENCE_SECONDS)
            return seats

        monkeypatch.setattr(HelpRequest, "free_seats", look_and_wait)

        def quick() -> Assignment:
            assert seen.wait(PATIENCE_SECONDS)
            with connection.cursor() as cursor:
                cursor.execute("SET lock_timeout = '200ms'")
            try:
                return confirm(offers[1], fresh(cast.kaya))()
            finally:
                done.set()

        return lambda: at_once(confirm(offers[0], cast.kaya), quick)

    def test_with_its_guards_one_wins(self, slow_and_quick: Callable[[], list[Any]]) -> None:
        slow, quick = slow_and_quick()
        assert isinstance(slow, Assignment)
        assert isinstance(quick, Conflict)
        assert quick.code == "busy_try_again"
        assert Assignment.objects.live().count() == confirmations() == 1

    def test_without_the_row_lock_the_index_still_insists(
        self, slow_and_quick: Callable[[], list[Any]], no_row_locks: None
    ) -> None:
        slow, quick = slow_and_quick()
        assert isinstance(quick, Assignment)
        assert isinstance(slow, Conflict)
        assert slow.code == "seat_taken"
        assert Assignment.objects.live().count() == confirmations() == 1

    def test_without_both_two_win(self, slow_and_quick: Callable[[], list[Any]], no_row_locks: None) -> None:
        with without("dispatch_assignment", "seat_taken"):
            answers = slow_and_quick()
            assert [type(answer) for answer in answers] == [Assignment, Assignment]
            assert Assignment.objects.live().filter(seat=1).count() == 2
            assert confirmations() == 2

    def test_without_the_exclusion_a_pilot_is_in_two_places(self, cast: Cast) -> None:
        offers = TestOnePilot.accepted_twice(cast, day=11, minutes=0)
        with without("dispatch_assignment", "pilot_double_booked", "travel_time_missing"):
            answers = at_once(*(confirm(offer, fresh(cast.kaya)) for offer in offers))
            assert [type(answer) for answer in answers] == [Assignment, Assignment]
            assert Assignment.objects.live().filter(pilot=cast.ana).count() == 2

    def test_the_guards_are_back(self, cast: Cast) -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT indexrelid::regclass::text FROM pg_index WHERE indrelid = 'dispatch_assignment'::regclass"
                " AND indisvalid"
            )
            names = {name for (name,) in cursor.fetchall()}
        assert {"seat_taken", "pilot_double_booked", "travel_time_missing"} <= names
