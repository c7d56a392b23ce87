"""Is the past of the demo town as the commands would have left it, and enough to learn from?"""

import pytest
from django.db.models import F

from backend.demo.history import past_requests
from backend.demo.past_rows import write_past
from backend.dispatch import training
from backend.dispatch.answers import answers
from backend.dispatch.commands.acceptance import train_acceptance
from backend.dispatch.models import Assignment, HelpRequest, Offer
from backend.dispatch.states import AcceptanceStatus, AssignmentStatus, HelpRequestStatus, OfferStatus
from backend.journal.kinds import EventKind
from backend.journal.models import Event
from tests import factories as make
from tests.factories import NOW

PEOPLE = 12
# What is the same when looked up later: the rest depends on what was settled at that moment.
LASTING = (
    "distance", "distance_of_reach", "remote", "lead_time", "early", "afternoon", "late", "weekend", "duration",
    "dates", "urgent", "topic_wished", "messages_7d", "messages_28d", "days_since_asked", "active_months",
)  # fmt: skip


@pytest.fixture
def asked(cast) -> int:
    for number in range(PEOPLE):
        make.a_pilot(
            f"pilot{number}",
            cast.kaya,
            skills={"ar": 5, "kmr": 5, "uk": 5},
            postcode=("49074", "49076", "49084", "49324")[number % 4],
            topics_wished=["authority", "school"][: number % 3],
            now=NOW.replace(month=5),
        )
    organisations = [
        cast.school,
        make.an_organisation("clinic", cast.kaya, postcode="49324", kind="hospital"),
    ]
    past = past_requests(cast.osnabrueck, organisations, count=160, now=NOW)
    return write_past(cast.osnabrueck, past, by=cast.kaya)


def test_it_is_consistent_and_teaches(cast, asked):
    offers = Offer.objects.all()
    assert asked == offers.count() > 200
    assert set(offers.values_list("status", flat=True)) == {
        OfferStatus.CHOSEN,
        OfferStatus.RESERVE,
        OfferStatus.DECLINED,
        OfferStatus.EXPIRED,
    }
    assert len(answers(None).y) == asked
    assert not offers.filter(accepted_at__gte=F("expires_at")).exists()

    # Whoever was chosen went, and nobody else.
    chosen = offers.filter(status=OfferStatus.CHOSEN)
    held = Assignment.objects.filter(status=AssignmentStatus.COMPLETED, reports__done=True)
    assert set(chosen.values_list("pk", flat=True)) == set(held.values_list("offer", flat=True))
    fulfilled = HelpRequest.objects.filter(status=HelpRequestStatus.FULFILLED)
    assert set(fulfilled.values_list("pk", flat=True)) == set(held.values_list("help_request", flat=True))
    assert not HelpRequest.objects.exclude(
        status__in=(HelpRequestStatus.FULFILLED, HelpRequestStatus.UNFILLED)
    ).exists()
    assert not HelpRequest.objects.filter(slots__ends_at__gte=NOW).exists()

    # The journal tells of each, and nobody gets mail about it.
    made = Event.objects.filter(kind=EventKind.OFFER_MADE)
    assert set(made.values_list("subject_id", flat=True)) == set(offers.values_list("pk", flat=True))
    assert not made.filter(processed_at=None).exists()

    # A dozen pilots are too few for a version to go live; the demo town's eighty are not.
    version = train_acceptance(office_id=None, by=None, now=NOW)
    assert version is not None
    assert version.answers == asked
    assert version.report["gain"]["mean"] > 0
    assert version.report["goes_live"] == (version.status == AcceptanceStatus.LIVE)


def test_what_was_known_is_what_the_product_would_have_noted(cast, asked):
    for offer in list(Offer.objects.order_by("made_at", "pk"))[::25]:
        noted = training.noted(
            offer.help_request, {offer.pilot_id: list(offer.slots.all())}, now=offer.made_at
        )[offer.pilot_id]
        for name in LASTING:
            assert offer.features[name] == pytest.approx(noted.features[name], abs=2e-3), name
