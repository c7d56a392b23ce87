"""What does the database refuse, whoever writes the row? Everything here goes past the commands, by raw SQL."""

from typing import Any

import pytest
from django.db import connection

from backend.dispatch.models import Assignment, HelpRequest, Offer
from tests import factories as make
from tests.asserting import database_refuses
from tests.conftest import Cast
from tests.factories import at

TUESDAY = (at(10, 10), at(10, 11))


def run(sql: str, *values: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


def copy_of(assignment: Assignment, **changed: str) -> None:
    """Insert the assignment once more, with some columns replaced by SQL expressions."""
    changed = {"id": "gen_random_uuid()", **changed}
    columns = [field.column for field in Assignment._meta.concrete_fields]
    values = ", ".join(changed.get(column, column) for column in columns)
    run(
        f"INSERT INTO dispatch_assignment ({', '.join(columns)})"
        f" SELECT {values} FROM dispatch_assignment WHERE id = %s",
        assignment.pk,
    )


@pytest.fixture
def assignment(cast: Cast) -> Assignment:
    """Ana on Tuesday, 10:00–11:00; busy from 9:45 to 11:15."""
    return make.an_assignment(make.a_help_request(cast.samir, cast.rita), cast.ana, cast.kaya)


def shifted(minutes: int) -> dict[str, str]:
    """The same appointment so many minutes later, for another seat."""
    by = f"interval '{minutes} minutes'"
    return {
        "seat": "2",
        "starts_at": f"starts_at + {by}",
        "ends_at": f"ends_at + {by}",
        "busy": f"tstzrange(lower(busy) + {by}, upper(busy) + {by})",
    }


class TestDoubleBooking:
    def test_a_pilot_is_not_in_two_places_at_once(self, assignment: Assignment) -> None:
        for minutes in (0, 30, -30, 59, -59):
            with database_refuses("pilot_double_booked"):
                copy_of(assignment, **shifted(minutes))

    def test_not_even_at_one_address_and_without_a_buffer(self, assignment: Assignment) -> None:
        bare = {"busy": "tstzrange(starts_at, ends_at)", "seat": "2"}
        with database_refuses("pilot_double_booked"):
            copy_of(assignment, **bare)

    def test_nor_without_time_for_the_way(self, assignment: Assignment) -> None:
        for minutes in (60, -60, 89, -89):
            with database_refuses("travel_time_missing"):
                copy_of(assignment, **shifted(minutes), site="gen_random_uuid()")

    def test_with_time_for_it_she_may(self, assignment: Assignment) -> None:
        for seat, minutes in ((2, 90), (3, -90)):
            copy_of(assignment, **{**shifted(minutes), "seat": str(seat)}, site="gen_random_uuid()")
        assert Assignment.objects.live().filter(pilot=assignment.pilot_id).count() == 3

    def test_at_the_same_address_there_is_no_way(self, assignment: Assignment) -> None:
        copy_of(assignment, **shifted(60))
        assert Assignment.objects.count() == 2

    def test_moving_one_onto_another_is_refused_too(self, cast: Cast, assignment: Assignment) -> None:
        on_thursday = make.a_help_request(cast.samir, cast.rita, slots=[(at(12, 10), at(12, 11))])
        other = make.an_assignment(on_thursday, cast.ana, cast.kaya)
        with database_refuses("pilot_double_booked"):
            run(
                "UPDATE dispatch_assignment SET (starts_at, ends_at, busy) ="
                " (SELECT starts_at, ends_at, busy FROM dispatch_assignment WHERE id = %s) WHERE id = %s",
                assignment.pk,
                other.pk,
            )

    def test_giving_one_to_a_busy_pilot_is_refused_too(self, cast: Cast, assignment: Assignment) -> None:
        other = make.an_assignment(make.a_help_request(cast.samir, cast.rita), cast.ben, cast.kaya)
        with database_refuses("pilot_double_booked"):
            run("UPDATE dispatch_assignment SET pilot_id = %s WHERE id = %s", cast.ana.pk, other.pk)

    def test_a_busy_time_narrower_than_the_appointment(self, assignment: Assignment) -> None:
        for busy in (
            "tstzrange(starts_at, ends_at - interval '1 second')",
            "tstzrange(starts_at + interval '1 second', ends_at)",
            "tstzrange(starts_at, ends_at, '()')",
            "'empty'",
        ):
            with database_refuses("assignment_busy_covers"):
                run(f"UPDATE dispatch_assignment SET busy = {busy} WHERE id = %s", assignment.pk)


class TestSeats:
    def test_a_seat_has_one_live_assignment(self, cast: Cast, assignment: Assignment) -> None:
        ben = f"'{cast.ben.pk}'"
        with database_refuses("seat_taken"):
            copy_of(assignment, pilot_id=ben)
        run("UPDATE dispatch_assignment SET status = 'COMPLETED', completed_at = now()")
        with database_refuses("seat_taken"):
            copy_of(assignment, pilot_id=ben)

    @pytest.mark.parametrize(("status", "column"), [("CANCELLED", "cancelled_at"), ("MISSED", "missed_at")])
    def test_a_seat_given_up_is_free(
        self, cast: Cast, assignment: Assignment, status: str, column: str
    ) -> None:
        run(f"UPDATE dispatch_assignment SET status = %s, {column} = now()", status)
        copy_of(assignment, pilot_id=f"'{cast.ben.pk}'", status="'CONFIRMED'")
        assert Assignment.objects.live().count() == 1
        with database_refuses("seat_taken"):
            run("UPDATE dispatch_assignment SET status = 'CONFIRMED' WHERE id = %s", assignment.pk)


class TestOffers:
    @pytest.fixture
    def offer(self, cast: Cast) -> Offer:
        return make.offers_to(make.a_help_request(cast.samir, cast.rita), [cast.ana], cast.kaya)[0]

    def copy(self, offer: Offer, status: str = "'PENDING'") -> None:
        columns = [field.column for field in Offer._meta.concrete_fields]
        replaced = {"id": "gen_random_uuid()", "status": status}
        values = ", ".join(replaced.get(column, column) for column in columns)
        run(
            f"INSERT INTO dispatch_offer ({', '.join(columns)}) SELECT {values} FROM dispatch_offer WHERE id = %s",
            offer.pk,
        )

    def test_one_waits_for_each_request_and_pilot(self, offer: Offer) -> None:
        with database_refuses("offer_already_pending"):
            self.copy(offer)

    def test_an_expired_one_does_not_count(self, offer: Offer) -> None:
        run("UPDATE dispatch_offer SET status = 'EXPIRED', expired_at = now()")
        self.copy(offer)
        assert Offer.objects.pending().count() == 1

    def test_a_status_is_known_and_has_its_time(self, offer: Offer) -> None:
        for status, constraint in (
            ("SLEEPING", "offer_status"),
            ("DECLINED", "offer_declined_at"),
            ("RETRACTED", "offer_retracted_at"),
            ("EXPIRED", "offer_expired_at"),
        ):
            with database_refuses(constraint):
                run("UPDATE dispatch_offer SET status = %s", status)

    def test_a_yes_has_its_date_and_its_time(self, offer: Offer) -> None:
        for status, column in (
            ("ACCEPTED", "accepted_at"),
            ("CHOSEN", "chosen_at"),
            ("RESERVE", "reserved_at"),
        ):
            with database_refuses("offer_accepted_slot"):
                run(f"UPDATE dispatch_offer SET status = %s, {column} = now()", status)
            with database_refuses(f"offer_{column}"):
                run(
                    "UPDATE dispatch_offer SET status = %s,"
                    " accepted_slot_id = (SELECT id FROM dispatch_helprequestslot)",
                    status,
                )


class TestRequests:
    @pytest.fixture
    def help_request(self, cast: Cast) -> HelpRequest:
        return make.a_help_request(cast.samir, cast.rita)

    def test_what_a_request_cannot_be(self, help_request: HelpRequest) -> None:
        for change, constraint in (
            ("status = 'SLEEPING'", "help_request_status"),
            ("opened_at = NULL", "help_request_opened_at"),
            ("status = 'ASSIGNED'", "help_request_assigned_at"),
            ("status = 'FULFILLED'", "help_request_fulfilled_at"),
            ("status = 'WITHDRAWN'", "help_request_withdrawn_at"),
            ("status = 'UNFILLED', unfilled_reason = 'too_late'", "help_request_unfilled_at"),
            ("status = 'UNFILLED', unfilled_at = now()", "help_request_unfilled_reason"),
            ("seats = 0", "help_request_seats"),
            ("seats = 6", "help_request_seats"),
            ("languages = '{}'", "help_request_has_language"),
            ("meeting_place_id = NULL", "on_site_has_place"),
        ):
            with database_refuses(constraint):
                run(f"UPDATE dispatch_helprequest SET {change}")

    def test_a_date_ends_after_it_starts_and_stands_there_once(self, help_request: HelpRequest) -> None:
        with database_refuses("slot_order"):
            run("UPDATE dispatch_helprequestslot SET ends_at = starts_at")
        with database_refuses("slot_once"):
            run(
                "INSERT INTO dispatch_helprequestslot (id, help_request_id, starts_at, ends_at)"
                " SELECT gen_random_uuid(), help_request_id, starts_at, ends_at FROM dispatch_helprequestslot"
            )


class TestAssignments:
    def test_what_an_assignment_cannot_be(self, assignment: Assignment) -> None:
        for change, constraint in (
            ("status = 'SLEEPING'", "assignment_status"),
            ("status = 'COMPLETED'", "assignment_completed_at"),
            ("status = 'CANCELLED'", "assignment_cancelled_at"),
            ("status = 'MISSED'", "assignment_missed_at"),
            ("ends_at = starts_at", "assignment_order"),
        ):
            with database_refuses(constraint):
                run(f"UPDATE dispatch_assignment SET {change}")

    @pytest.mark.parametrize(
        ("by_pilot", "done", "reason", "minutes", "constraint"),
        [
            (True, True, "", None, "report_is_whole"),
            (True, True, "other", 60, "report_is_whole"),
            (True, False, "", None, "report_is_whole"),
            (False, True, "", 60, "report_exists"),
        ],
    )
    def test_what_a_report_cannot_be(
        self, cast: Cast, assignment: Assignment, by_pilot: bool, done: bool, reason: str,
        minutes: int | None, constraint: str,
    ) -> None:  # fmt: skip
        insert = (
            "INSERT INTO dispatch_activityreport (id, assignment_id, reported_by_id, by_pilot, done,"
            " not_done_reason, minutes, reported_at) VALUES (gen_random_uuid(), %s, %s, %s, %s, %s, %s, now())"
        )
        run(insert, assignment.pk, cast.rita.pk, False, True, "", 60)
        with database_refuses(constraint):
            run(insert, assignment.pk, cast.rita.pk, by_pilot, done, reason, minutes)
