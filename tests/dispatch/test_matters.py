"""What an office leaves to others: refused on every way of asking, with whom to turn to, and counted without a name."""

from typing import Any

import pytest

from backend.accounts.commands import change_office
from backend.accounts.matters import HAND_OFFS, Matter
from backend.dispatch.commands.changes import change_help_request
from backend.dispatch.commands.hand_offs import counted_hand_offs, hand_off
from backend.dispatch.commands.help_requests import Confidential, Need, file_help_request
from backend.dispatch.commands.meeting_places import MeetingPlace
from backend.dispatch.models import HelpRequest
from backend.errors import NotThere, RuleViolated
from backend.journal.kinds import EventKind
from backend.journal.models import Event
from tests import factories as make
from tests.asserting import recorded, refused
from tests.conftest import Cast
from tests.factories import NOW, at

SLOTS = [(at(10, 10), at(10, 11))]


@pytest.fixture
def strict(cast: Cast) -> Cast:
    """The office leaves medical talks and private flats to others, the first in its own words."""
    cast.osnabrueck.excluded_matters = ["medical", "private_flat"]
    cast.osnabrueck.hand_offs = {"medical": "Bitte rufen Sie den Dolmetschdienst an."}
    cast.osnabrueck.save()
    return cast


def file(cast: Cast, where: MeetingPlace, **need: Any) -> HelpRequest:
    return file_help_request(
        help_seeker_id=cast.samir.pk,
        need=Need(**{"topic": "health", "slots": SLOTS, **need}),
        where=where,
        by=cast.rita,
        now=NOW,
    )


def test_it_is_refused_with_whom_to_turn_to(strict: Cast) -> None:
    office = strict.osnabrueck
    facts = {
        "field": "matter",
        "matter": "medical",
        "hand_off": "Bitte rufen Sie den Dolmetschdienst an.",
        "office_id": str(office.pk),
    }
    with refused(RuleViolated, "matter_excluded", **facts):
        make.a_help_request(strict.samir, strict.rita, matter="medical")
    assert not HelpRequest.objects.exists()
    assert office.hand_off("private_flat") == str(HAND_OFFS[Matter.PRIVATE_FLAT])


def test_what_is_not_left_to_others_is_filed(strict: Cast) -> None:
    assert make.a_help_request(strict.samir, strict.rita, matter="therapy").status == "OPEN"


def test_a_home_is_refused_where_it_is_said_to_be_one_and_asked_about_where_nothing_was_said(
    strict: Cast,
) -> None:
    home = {"postcode": "49074", "street": "Lotter Straße 7"}
    with refused(RuleViolated, "matter_excluded", matter="private_flat"):
        file(strict, MeetingPlace(**home, public=False))
    with refused(RuleViolated, "meeting_place_at_home", field="meeting_place"):
        file(strict, MeetingPlace(**home))
    assert file(strict, MeetingPlace(**home, public=True)).status == "OPEN"
    assert file(strict, MeetingPlace(postcode="49074")).status == "OPEN"


def test_a_change_leads_nowhere_else(strict: Cast) -> None:
    filed = make.a_help_request(strict.samir, strict.rita)
    change = {
        "help_request_id": filed.pk,
        "where": MeetingPlace(postcode="49076", street="Lotter Straße 7"),
        "confidential": Confidential(),
        "by": strict.rita,
        "now": NOW,
    }
    with refused(RuleViolated, "matter_excluded", matter="medical"):
        change_help_request(need=Need("school", SLOTS, matter="medical"), **change)
    with refused(RuleViolated, "meeting_place_at_home"):
        change_help_request(need=Need("school", SLOTS), **change)


def test_it_is_counted_without_a_name(strict: Cast) -> None:
    with refused(RuleViolated, "matter_excluded"), counted_hand_offs(by=strict.rita, now=NOW):
        make.a_help_request(strict.samir, strict.rita, matter="medical")
    event = recorded(EventKind.HELP_REQUEST_HANDED_OFF, strict.osnabrueck)
    assert (event.actor_id, event.office_id, event.facts) == (
        None,
        strict.osnabrueck.pk,
        {"matter": "medical"},
    )


def test_other_refusals_are_not_counted(strict: Cast) -> None:
    with refused(RuleViolated, "seat_count"), counted_hand_offs(by=strict.rita, now=NOW):
        make.a_help_request(strict.samir, strict.rita, seats=9)
    assert not Event.objects.filter(kind=EventKind.HELP_REQUEST_HANDED_OFF).exists()


def test_only_whoever_may_ask_there_is_counted(strict: Cast) -> None:
    told = {"office_id": strict.osnabrueck.pk, "now": NOW}
    for stranger in (strict.otto, strict.frauke, strict.ana.user):
        with refused(NotThere, "office_unknown"):
            hand_off(matter="medical", by=stranger, **told)
    with refused(RuleViolated, "matter_unknown"):
        hand_off(matter="therapy", by=strict.kaya, **told)
    with refused(NotThere, "office_unknown"):
        hand_off(office_id=strict.rita.pk, matter="medical", by=strict.kaya, now=NOW)
    hand_off(matter="medical", by=strict.kaya, **told)
    assert Event.objects.filter(kind=EventKind.HELP_REQUEST_HANDED_OFF).count() == 1


class TestTheRule:
    def test_it_is_kept_in_one_order_and_without_empty_words(self, cast: Cast) -> None:
        adam = make.an_admin("adam", cast.osnabrueck)
        office = change_office(
            office_id=cast.osnabrueck.pk,
            excluded_matters=["therapy", "medical", "medical"],
            hand_offs={"medical": " Klinikum ", "therapy": "  "},
            by=adam,
            now=NOW,
        )
        assert office.excluded_matters == ["medical", "therapy"]
        assert office.hand_offs == {"medical": "Klinikum"}

    @pytest.mark.parametrize(
        ("rules", "code"),
        [
            ({"excluded_matters": ["weather"]}, "matter_unknown"),
            ({"hand_offs": {"weather": "x"}}, "matter_unknown"),
            ({"hand_offs": {"medical": "x" * 301}}, "hand_off_too_long"),
        ],
    )
    def test_what_we_do_not_know_is_refused(self, cast: Cast, rules: dict[str, Any], code: str) -> None:
        adam = make.an_admin("adam", cast.osnabrueck)
        with refused(RuleViolated, code, field=next(iter(rules))):
            change_office(office_id=cast.osnabrueck.pk, by=adam, now=NOW, **rules)
