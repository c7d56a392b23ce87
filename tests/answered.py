"""How tests get a past in which people have been asked often: answered offers in bulk."""

from datetime import datetime, timedelta

import numpy as np

from backend.dispatch.models import HelpRequest, Offer
from backend.dispatch.states import OfferStatus
from backend.people.models import Pilot
from matching.asking_facts import FEATURES
from tests.factories import NOW

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def answered_offers(
    help_request: HelpRequest,
    pilots: list[Pilot],
    *,
    count: int = 240,
    teaches: bool,
    seed: int = 1,
    first: datetime = NOW - 60 * DAY,
) -> None:
    """Answers to offers of the past: `teaches` lets the distance decide, else nothing does."""
    draw = np.random.default_rng(seed)
    slot = help_request.slots.get()
    table = draw.normal(size=(count, len(FEATURES))).round(4)
    odds = -3 * table[:, 0] if teaches else np.zeros(count)
    yes = draw.random(count) < 1 / (1 + np.exp(-odds))
    offers = []
    for number in range(count):
        made_at = first + number * HOUR
        offer = Offer(
            help_request=help_request,
            pilot=pilots[number % len(pilots)],
            made_at=made_at,
            expires_at=made_at + 48 * HOUR,
            features=dict(zip(FEATURES, table[number].tolist(), strict=True)),
        )
        if yes[number]:
            offer.status, offer.accepted_slot = OfferStatus.RESERVE, slot
            offer.accepted_at = offer.reserved_at = made_at + HOUR
        else:
            offer.status, offer.declined_at = OfferStatus.DECLINED, made_at + HOUR
        offers.append(offer)
    Offer.objects.bulk_create(offers)
