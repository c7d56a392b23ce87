"""Does a phone stay silent in quiet hours, but for what cannot wait?"""

from datetime import datetime, timedelta

import pytest

from backend.dispatch.commands.assignments import cancel_assignment
from notifications import outbox
from notifications.models import Delivery
from notifications.states import DeliveryStatus
from notifications.texting.commands import name_sms_number
from tests import factories as make
from tests.factories import NOW, at
from tests.notifications.texting import proven, provider  # noqa: F401

NIGHT = at(2, 22)  # the office is quiet from 20 to 8
MORNING = at(3, 8)
pytestmark = pytest.mark.usefixtures("provider")


@pytest.fixture
def assignment(cast, post):
    """Ana has SMS and an appointment at ten on 10 November."""
    proven(cast.ana.user)
    made = make.an_assignment(make.a_help_request(cast.samir, cast.rita), cast.ana, cast.kaya)
    post.deliver()
    return made


def sms_of(template: str, now: datetime) -> Delivery:
    outbox.fan_out(now=now)
    outbox.send_due(now=now)
    return Delivery.objects.get(channel="sms", template=template)


def test_an_offer_by_night_waits_for_the_morning_and_its_mail_does_not(cast, provider):  # noqa: F811
    proven(cast.ana.user)
    make.offers_to(make.a_help_request(cast.samir, cast.rita, now=NIGHT), [cast.ana], cast.kaya, now=NIGHT)
    row = sms_of("offer_made", NIGHT)

    assert (row.status, row.due_at, row.attempts) == (DeliveryStatus.DUE, MORNING, 0)
    assert Delivery.objects.get(channel="email", template="offer_made").status == DeliveryStatus.SENT
    outbox.send_due(now=MORNING - timedelta(seconds=1))
    assert provider.received == []
    outbox.send_due(now=MORNING)
    assert len(provider.received) == 1


def test_a_pilots_own_hours_go_before_the_offices(cast, provider):  # noqa: F811
    proven(cast.ana.user)
    cast.ana.quiet_from_hour, cast.ana.quiet_until_hour = 12, 14
    cast.ana.save()
    noon = at(3, 12, 30)
    make.offers_to(make.a_help_request(cast.samir, cast.rita, now=noon), [cast.ana], cast.kaya, now=noon)
    assert sms_of("offer_made", noon).due_at == at(3, 14)
    late = at(3, 22)
    outbox.send_due(now=late)
    assert len(provider.received) == 1  # the office is quiet then, and she is not


@pytest.mark.parametrize(
    ("now", "goes"),
    [
        (at(10, 6), True),  # today
        (at(9, 22), True),  # at ten tomorrow, and eight is late to hear of it
        (at(8, 22), False),  # a whole day is left
    ],
)
def test_a_cancellation_rings_when_it_is_for_today(cast, assignment, now, goes):
    cancel_assignment(assignment_id=assignment.pk, reason="appointment_cancelled", by=cast.kaya, now=now)
    row = sms_of("cancelled_to_pilot", now)
    assert (row.status == DeliveryStatus.SENT) is goes


def test_the_answer_to_what_one_does_comes_at_once(cast, provider):  # noqa: F811
    name_sms_number(number="+4915112345678", by=cast.ana.user, now=NIGHT)
    assert sms_of("sms_code", NIGHT).status == DeliveryStatus.SENT


def test_the_night_on_which_the_clock_goes_back(cast):
    """On 25 October 2026 the night is an hour longer; eight o'clock is eight o'clock."""
    proven(cast.ana.user)
    night = datetime(2026, 10, 24, 22, tzinfo=NOW.tzinfo) - timedelta(hours=2)  # 22:00 in Berlin
    make.offers_to(make.a_help_request(cast.samir, cast.rita, now=night), [cast.ana], cast.kaya, now=night)
    row = sms_of("offer_made", night)
    assert row.due_at.astimezone(cast.osnabrueck.zone).strftime("%d. %H:%M %z") == "25. 08:00 +0100"
