"""Does the commission record tell the whole story, refuse to be rewritten, and show it where somebody did it?"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from io import StringIO
from pathlib import Path
from typing import Any

import psycopg.errors
import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from backend.dispatch import chain
from backend.dispatch.commands.assignments import cancel_assignment, report_activity
from backend.dispatch.commands.changes import change_help_request
from backend.dispatch.commands.help_requests import Confidential, Need, withdraw_help_request
from backend.dispatch.commands.meeting_places import MeetingPlace
from backend.dispatch.commands.settlements import settle_report
from backend.dispatch.commissioning import pilot_words, place_words
from backend.dispatch.models import Assignment, Commission, CommissionSalt, RuleSet
from backend.dispatch.proof import anchors_of, prove, same_words
from backend.errors import Conflict
from backend.journal.command import at_the_end, command
from backend.people.models import HelpSeeker
from backend.privacy.commands import erase_account
from tests import factories as make
from tests.conftest import Cast
from tests.factories import NOW, at
from tests.privacy.conftest import nadia  # noqa: F401 - a fixture

About = CommissionSalt.About


@pytest.fixture
def assignment(cast: Cast) -> Assignment:
    return make.an_assignment(
        make.a_help_request(cast.samir, cast.rita, street="Markt 1"), cast.ana, cast.kaya
    )


def kinds() -> list[str]:
    return list(Commission.objects.order_by("number").values_list("kind", flat=True))


def run(sql: str, *values: Any) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, values)


def refused_by_the_database(sql: str, *values: Any) -> Any:
    with pytest.raises(DatabaseError) as caught:
        run(sql, *values)
    return caught.value.__cause__


@contextmanager
def unguarded() -> Iterator[None]:
    """As somebody would who owns the database and wants to rewrite history."""
    run("SET CONSTRAINTS ALL IMMEDIATE")
    run("ALTER TABLE dispatch_commission DISABLE TRIGGER USER")
    try:
        yield
    finally:
        run("SET CONSTRAINTS ALL IMMEDIATE")
        run("ALTER TABLE dispatch_commission ENABLE TRIGGER USER")
        run("ALTER TABLE dispatch_commission DISABLE TRIGGER dispatch_commission_no_truncate")


def verify(*args: str) -> str:
    out = StringIO()
    call_command("verify_commissions", *args, stdout=out)
    return out.getvalue()


def what_fails(*args: str) -> str:
    """What the command says of a record that does not hold."""
    out = StringIO()
    with pytest.raises(CommandError):
        call_command("verify_commissions", *args, stdout=out)
    return out.getvalue()


class TestWhatIsWritten:
    def test_a_confirmation(self, cast: Cast, assignment: Assignment) -> None:
        entry = Commission.objects.get()
        assert (entry.kind, entry.number, entry.previous) == ("COMMISSIONED", 1, chain.BEGINNING)
        assert (entry.office, entry.assignment, entry.pilot) == (cast.osnabrueck, assignment, cast.ana)
        assert (entry.actor_id, entry.happened_at) == (cast.kaya.pk, NOW)
        assert (entry.starts_at, entry.ends_at) == (at(10, 10), at(10, 11))
        assert entry.facts["offer"] == str(assignment.offer_id)
        rules = RuleSet.objects.get(digest=entry.facts["rules"]).rules
        assert rules["travel_buffer_minutes"] == 30
        assert "double_booking" in rules["hard_rules"]
        assert entry.right_digest == entry.digest

    def test_who_and_where_stand_there_as_digests_alone(self, assignment: Assignment) -> None:
        entry = Commission.objects.get()
        assert same_words(entry, About.PILOT, pilot_words(assignment)) is True
        assert same_words(entry, About.PILOT, {"name": "Somebody else"}) is False
        place = assignment.help_request.meeting_place
        assert same_words(entry, About.PLACE, place_words(place)) is True
        told = chain.canonical(entry.entry())
        assert "Ana" not in told
        assert "Markt" not in told

    def test_the_whole_story(self, cast: Cast, assignment: Assignment) -> None:
        reports = [
            report_activity(
                assignment_id=assignment.pk, done=minutes > 0, minutes=minutes or None, km=None,
                not_done_reason="" if minutes else "pilot_absent", by=by, now=at(10, 12),
            )
            for by, minutes in ((cast.ana.user, 60), (cast.rita, 0))
        ]  # fmt: skip
        settle_report(report_id=reports[1].pk, note="Angerufen", by=cast.kaya, now=at(11, 9))
        assert kinds() == ["COMMISSIONED", "COMPLETED", "SETTLED", "MISSED"]
        assert Commission.objects.get(kind="COMPLETED").facts["minutes"] == 60
        assert prove(cast.osnabrueck).holds

    def test_a_cancellation_says_not_that_she_is_ill(self, cast: Cast, assignment: Assignment) -> None:
        cancel_assignment(assignment_id=assignment.pk, reason="pilot_ill", by=cast.ana.user, now=NOW)
        assert kinds() == ["COMMISSIONED", "CANCELLED"]
        assert Commission.objects.get(kind="CANCELLED").facts == {"reason": "pilot_prevented"}

    def test_other_ways_to_an_end(self, cast: Cast, assignment: Assignment) -> None:
        change_help_request(
            help_request_id=assignment.help_request_id,
            need=Need(topic="school", slots=[(at(12, 10), at(12, 11))]),
            where=MeetingPlace(postcode="49074", street="Markt 1", public=True),
            confidential=Confidential(meeting_point="Haupteingang", contact_on_site="Frau Beispiel"),
            by=cast.rita,
            now=NOW,
        )
        other = make.an_assignment(
            make.a_help_request(cast.samir, cast.rita, slots=[(at(13, 10), at(13, 11))]), cast.ana, cast.kaya
        )
        withdraw_help_request(help_request_id=other.help_request_id, reason="mistake", by=cast.rita, now=NOW)
        assert kinds() == ["COMMISSIONED", "CANCELLED"] * 2
        assert prove(cast.osnabrueck).holds

    def test_what_fails_leaves_no_gap(self, cast: Cast, assignment: Assignment) -> None:
        with pytest.raises(Conflict):
            make.confirm(assignment.offer, cast.kaya)
        later = make.a_help_request(cast.samir, cast.rita, slots=[(at(12, 10), at(12, 11))])
        make.an_assignment(later, cast.ana, cast.kaya)
        assert list(Commission.objects.values_list("number", flat=True)) == [1, 2]

    def test_each_office_has_its_own_chain(self, cast: Cast, assignment: Assignment) -> None:
        far = make.a_pilot("fenna", cast.frauke, postcode="26441")
        request = make.a_help_request(
            make.a_help_seeker(cast.otto, home=make.locate(private=True, postcode="26441")),
            cast.otto,
            postcode="26441",
        )
        make.an_assignment(request, far, cast.frauke)
        assert list(Commission.objects.values_list("number", flat=True)) == [1, 1]
        assert Commission.objects.visible_to(cast.frauke).get().office == cast.friesland
        assert Commission.objects.visible_to(cast.ana.user).get().pilot == cast.ana
        assert not Commission.objects.visible_to(cast.rita).exists()


class TestTheDatabaseRefuses:
    def test_rewriting(self, assignment: Assignment) -> None:
        for sql in (
            "UPDATE dispatch_commission SET starts_at = starts_at + interval '1 day'",
            "UPDATE dispatch_commission SET digest = digest",
            "DELETE FROM dispatch_commission",
            "UPDATE dispatch_ruleset SET rules = '{}'",
            "DELETE FROM dispatch_ruleset",
        ):
            assert isinstance(refused_by_the_database(sql), psycopg.errors.RestrictViolation), sql

    @pytest.mark.parametrize("table", ["dispatch_commission", "dispatch_ruleset"])
    def test_emptying(self, db: None, table: str) -> None:
        run(
            f"ALTER TABLE {table} ENABLE TRIGGER {table}_no_truncate"
        )  # it rests in the tests' database alone
        refusal = refused_by_the_database(f"TRUNCATE {table} CASCADE")
        assert isinstance(refusal, psycopg.errors.RestrictViolation)

    def test_what_does_not_follow_or_comes_too_late(self, assignment: Assignment) -> None:
        begins = {"kind": "COMMISSIONED"}
        for change, why in (
            ({"number": 3}, "follows the one before"),
            ({"previous": "f" * 64}, "follows the one before"),
            ({"number": 1, "previous": chain.BEGINNING}, "commission_number_once"),
            ({"number": 0, "previous": chain.BEGINNING}, "follows the one before"),
            ({**begins, "happened_at": at(10, 10)}, "commissioned_before_start"),
            ({**begins, "actor_id": None}, "commissioned_by_somebody"),
            (begins, "commissioned_once"),
        ):
            entry = Commission(**{**_next_of(Commission.objects.get()), **change})
            with pytest.raises(DatabaseError, match=why), transaction.atomic():
                entry.save(force_insert=True)


def _next_of(first: Commission) -> dict[str, Any]:
    return {
        "kind": "CANCELLED",
        "office_id": first.office_id, "number": first.number + 1, "assignment_id": first.assignment_id,
        "pilot_id": first.pilot_id, "actor_id": first.actor_id, "happened_at": first.happened_at,
        "starts_at": first.starts_at, "ends_at": first.ends_at, "facts": {}, "written_at": first.written_at,
        "previous": first.digest, "digest": "a" * 64,
    }  # fmt: skip


class TestTheProof:
    @pytest.fixture
    def three(self, cast: Cast, assignment: Assignment) -> Cast:
        """Three entries: two commissions, and the first one held."""
        later = make.a_help_request(cast.samir, cast.rita, slots=[(at(12, 10), at(12, 11))])
        make.an_assignment(later, cast.ana, cast.kaya)
        report_activity(
            assignment_id=assignment.pk, done=True, minutes=60, km=None, not_done_reason="",
            by=cast.ana.user, now=at(10, 12),
        )  # fmt: skip
        return cast

    def test_it_holds(self, three: Cast) -> None:
        said = verify()
        assert "osnabrueck: 3 entries, head " in said
        assert "friesland: 0 entries" in said
        assert verify("--office", "friesland").count("\n") == 1
        with pytest.raises(CommandError, match="no office nowhere"):
            verify("--office", "nowhere")

    def test_it_names_the_first_entry_at_fault(self, three: Cast) -> None:
        change, delete = "UPDATE dispatch_commission SET", "DELETE FROM dispatch_commission WHERE number"
        move = "UPDATE dispatch_assignment SET starts_at = starts_at + interval '1 minute'"
        for sql, says in (
            (
                f"{change} pilot_id = gen_random_uuid() WHERE number = 2",
                "entry 2 was changed after it was written",
            ),
            (f"{change} facts = facts || '{{\"seat\": 2}}' WHERE number = 1", "entry 1 was changed after"),
            (
                f"{change} written_at = written_at - interval '1 day' WHERE number = 3",
                "entry 3 was changed after",
            ),
            (f"{delete} = 2", "entry 2 is missing"),
            (f"{delete} > 1", "1 assignments without an entry, 1 assignments stand otherwise"),
            (f"{move} WHERE status = 'CONFIRMED'", "1 assignments stand otherwise"),
        ):
            with unguarded(), transaction.atomic():
                run("DELETE FROM dispatch_commissionsalt")
                run(sql)
                assert says in what_fails(), sql
                transaction.set_rollback(True)
        assert prove(three.osnabrueck).holds

    def test_an_entry_chained_anew_breaks_the_next(self, three: Cast) -> None:
        with unguarded():
            rewrite(Commission.objects.get(number=2), facts={"reason": "mistake"})
            assert "entry 3 does not follow the entry before it" in what_fails()

    def test_a_chain_written_anew_as_a_whole_shows_against_what_was_printed(
        self, three: Cast, tmp_path: Path
    ) -> None:
        printed = tmp_path / "anchors.txt"
        printed.write_text(f"Kopf der Kette:\n{verify('--anchors')}")
        assert verify("--against", str(printed))
        with unguarded():
            previous = chain.BEGINNING
            for entry in Commission.objects.order_by("number"):
                facts = {**entry.facts, "seat": 2} if entry.number == 2 else entry.facts
                previous = rewrite(entry, facts=facts, previous=previous)
            assert verify()  # the chain alone looks whole
            assert "entry 3 is not the one that was printed" in what_fails("--against", str(printed))

    def test_an_anchor_beyond_the_end_shows_a_lost_tail(self, three: Cast, tmp_path: Path) -> None:
        (anchor,) = anchors_of(three.osnabrueck)
        assert anchor.number == 3
        printed = tmp_path / "anchors.txt"
        printed.write_text(str(anchor).replace(" 3 ", " 4 "))
        assert "entry 4 is not the one that was printed" in what_fails("--against", str(printed))

    @pytest.mark.parametrize("content", [b"", b"nothing here", b"\xff\xfe"])
    def test_a_file_without_anchors(self, three: Cast, tmp_path: Path, content: bytes) -> None:
        file = tmp_path / "anchors.txt"
        file.write_bytes(content)
        for path in (file, tmp_path / "missing"):
            with pytest.raises(CommandError):
                verify("--against", str(path))


def rewrite(entry: Commission, **changes: Any) -> str:
    """As a forger would: the entry changed, with a digest that fits."""
    for name, value in changes.items():
        setattr(entry, name, value)
    entry.digest = entry.right_digest
    Commission.objects.filter(pk=entry.pk).update(**changes, digest=entry.digest)
    return entry.digest


class TestErasing:
    def test_erasing_the_pilot_leaves_the_chain_whole_and_nobody_in_it(
        self, cast: Cast, assignment: Assignment
    ) -> None:
        erase_account(by=cast.ana.user, now=NOW)
        entry = Commission.objects.get(kind="COMMISSIONED")
        assert prove(cast.osnabrueck).holds
        assert not entry.salts.filter(about=About.PILOT).exists()
        assert same_words(entry, About.PILOT, {"name": "Ana"}) is None
        assert entry.salts.filter(about=About.PLACE).exists()

    def test_erasing_who_was_accompanied_takes_the_place(self, cast: Cast, nadia: HelpSeeker) -> None:  # noqa: F811
        make.an_assignment(make.a_help_request(nadia, nadia.user), cast.ana, cast.kaya)
        erase_account(by=nadia.user, now=NOW)
        assert [salt.about for salt in CommissionSalt.objects.all()] == [About.PILOT]
        assert prove(cast.osnabrueck).holds


class TestWhatWasThereBefore:
    def test_the_upgrade_takes_it_over_as_it_is(self, cast: Cast, assignment: Assignment) -> None:
        with unguarded():
            run("DELETE FROM dispatch_commissionsalt; DELETE FROM dispatch_commission")
        assert "1 assignments without an entry" in what_fails()
        migration = import_module("backend.dispatch.migrations.0012_adopt_assignments")
        with connection.schema_editor(atomic=False) as editor:
            migration.adopt(apps, editor)
        entry = Commission.objects.get()
        assert (entry.kind, entry.facts["status"]) == ("ADOPTED", "CONFIRMED")
        assert prove(cast.osnabrueck).holds
        cancel_assignment(assignment_id=assignment.pk, reason="office_decision", by=cast.kaya, now=NOW)
        assert prove(cast.osnabrueck).holds

    def test_what_an_older_version_confirmed_meanwhile_is_taken_in(
        self, cast: Cast, assignment: Assignment
    ) -> None:
        with unguarded():
            run("DELETE FROM dispatch_commissionsalt; DELETE FROM dispatch_commission")
        assert "1 assignments taken in" in verify("--adopt")
        assert "0 assignments taken in" in verify("--adopt")
        assert Commission.objects.get().kind == "ADOPTED"


class TestTheEndOfACommand:
    """What is written last comes after all else, in a fixed order, and not for a command that failed."""

    @pytest.fixture
    def note(self) -> tuple[list[str], Callable[..., None]]:
        notes: list[str] = []

        @command
        def inner(*, word: str, fails: bool = False, by: Any = None, now: Any = None) -> None:
            at_the_end(lambda: notes.append(word), order=word)
            notes.append(f"({word})")
            if fails:
                raise Conflict("busy_try_again")

        return notes, inner

    def test_in_order_and_last(self, db: None, note: tuple[list[str], Callable[..., None]]) -> None:
        notes, inner = note

        @command
        def outer(*, by: Any = None, now: Any = None) -> None:
            inner(word="b")
            inner(word="a")
            with pytest.raises(Conflict):
                inner(word="c", fails=True)
            notes.append("(end)")

        outer()
        assert notes == ["(b)", "(a)", "(c)", "(end)", "a", "b"]

    def test_outside_of_a_command_there_is_no_end(self) -> None:
        with pytest.raises(RuntimeError):
            at_the_end(lambda: None, order="")


@pytest.mark.parametrize("value", [0.5, object(), {"a": [1.5]}])
def test_what_is_not_written_the_same_everywhere_is_not_written(value: Any) -> None:
    with pytest.raises(TypeError):
        chain.canonical(value)


def test_the_same_entry_has_the_same_digest_for_ever() -> None:
    """If this fails, records written before can no longer be proven: give the new way of writing a new number."""
    entry = {"office": "o", "number": 1, "at": at(10, 10), "facts": {"b": None, "a": [True, "ä"]}}
    assert chain.canonical(entry) == (
        '{"at":"2026-11-10T09:00:00.000000+00:00","facts":{"a":[true,"ä"],"b":null},"number":1,"office":"o"}'
    )
    assert chain.digest_of(entry) == "3bd556f37045defc0d7542bb9073b4f5cf37ad35dd36656ef8772ae4f02acb1b"
