"""The main job as commands: from a request to a confirmed assignment."""

from backend.dispatch.commands.assignments import confirm_assignment
from backend.dispatch.commands.help_requests import suggest_pilots
from backend.dispatch.models import Offer
from backend.dispatch.queries import timeline
from backend.dispatch.states import HelpRequestStatus, OfferStatus
from tests import factories as make
from tests.conftest import Cast
from tests.factories import NOW


def test_request_to_assignment(cast: Cast) -> None:
    ana, ben = cast.ana, cast.ben
    make.a_pilot("sora", cast.kaya, skills={"ckb": 6})
    help_request = make.a_help_request(cast.samir, cast.rita)

    run = suggest_pilots(help_request_id=help_request.pk, by=cast.kaya, now=NOW)

    assert [s.pilot_id for s in run.suggestions.all()] == [ana.pk, ben.pk]
    for suggestion in run.suggestions.all():
        total = sum(c["contribution"] for c in suggestion.contributions)
        assert abs(total - suggestion.score) < 1e-9
    steps = {step["code"]: step["remaining"] for step in run.waterfall}
    assert steps["considered"] == 3
    assert steps["language"] == 2
    assert run.eligible == 2

    offers = make.offers_to(help_request, [ana, ben], cast.kaya)
    for offer in offers:
        make.accepted(offer)
    assignment = confirm_assignment(
        help_request_id=help_request.pk, offer_id=offers[0].pk, by=cast.kaya, now=NOW
    )

    help_request.refresh_from_db()
    assert help_request.status == HelpRequestStatus.ASSIGNED
    assert assignment.pilot == ana
    assert dict(Offer.objects.values_list("pilot", "status")) == {
        ana.pk: OfferStatus.CHOSEN,
        ben.pk: OfferStatus.RESERVE,
    }
    assert [event.kind for event in timeline(help_request)] == [
        "HELP_REQUEST_FILED",
        "PILOTS_SUGGESTED",
        "OFFER_MADE",
        "OFFER_MADE",
        "ASSIGNMENT_CONFIRMED",
        "OFFER_RESERVED",
        "OFFER_ACCEPTED",
        "OFFER_ACCEPTED",
    ]
