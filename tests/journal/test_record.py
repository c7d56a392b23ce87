"""What does an event carry, and in which order are events read?"""

from datetime import timedelta

import pytest

from backend.journal.kinds import FACTS, EventKind
from backend.journal.models import Event
from backend.journal.record import record
from tests import factories as make
from tests.conftest import Cast
from tests.factories import NOW


def test_facts_outside_the_list_of_the_kind_are_refused(cast: Cast) -> None:
    with pytest.raises(ValueError, match="email"):
        record(EventKind.ROLE_CHANGED, subject=cast.kaya, by=None, at=NOW, email="kaya@kaya.example")
    assert not Event.objects.filter(kind=EventKind.ROLE_CHANGED).exists()


def test_only_known_kinds_carry_facts() -> None:
    assert set(FACTS) <= set(EventKind)
    assert not {"name", "email", "phone", "street", "note"} & set().union(*FACTS.values())


def test_an_event_knows_its_office_its_timeline_and_its_actor(cast: Cast) -> None:
    help_request = make.a_help_request(cast.samir, cast.rita)
    (offer,) = make.offers_to(help_request, [cast.ana], cast.kaya)

    event = Event.objects.get(kind=EventKind.OFFER_MADE)

    assert (event.subject_type, event.subject_id) == ("offer", offer.pk)
    assert event.timeline_id == help_request.pk
    assert event.office_id == cast.osnabrueck.pk
    assert event.actor_id == cast.kaya.pk
    assert event.happened_at == NOW


def test_ids_are_kept_as_text_and_the_clock_has_no_name(cast: Cast) -> None:
    event = record(
        EventKind.OFFER_ACCEPTED, subject=cast.kaya, by=None, at=NOW, slot_id=cast.kaya.pk, late=True
    )
    event.refresh_from_db()
    assert event.facts == {"slot_id": str(cast.kaya.pk), "late": True}
    assert event.actor_id is None


def test_the_timeline_is_in_order_of_time_then_of_writing(cast: Cast) -> None:
    kinds = [EventKind.API_TOKEN_ISSUED, EventKind.API_TOKEN_REVOKED, EventKind.USER_DEACTIVATED]
    for kind, minutes in zip(kinds, (1, 1, 0), strict=True):
        record(kind, subject=cast.kaya, by=None, at=NOW + timedelta(minutes=minutes))
    assert [e.kind for e in Event.objects.timeline_of(cast.kaya.pk)] == [kinds[2], kinds[0], kinds[1]]
