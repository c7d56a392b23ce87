"""Would the tests of the outbox notice a mark without fence, a claim without lock, a lease that is none?"""

from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Barrier
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction
from django.db.models.functions import Now

from notifications import outbox
from notifications.models import Delivery
from notifications.states import DeliveryStatus
from tests.conftest import Cast
from tests.notifications import test_claim_races, test_outbox
from tests.threads import PATIENCE_SECONDS

row = test_outbox.row


def test_a_mark_without_fence_is_caught(
    row: Delivery, channel: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever comes too late would send a second time, and write over what the owner has noted."""
    monkeypatch.setattr(
        outbox,
        "_ours",
        lambda delivery: Delivery.objects.filter(pk=delivery.pk, status=DeliveryStatus.SENDING),
    )
    with pytest.raises(AssertionError):
        test_outbox.test_a_late_worker_can_neither_send_nor_mark(row, channel)


def test_a_lease_that_is_over_at_once_is_caught(row: Delivery, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbox, "_lease", lambda: Now() - timedelta(seconds=1))
    with pytest.raises(AssertionError):
        test_outbox.test_a_claimed_row_is_in_nobody_elses_reach(row)


@pytest.mark.django_db(transaction=True)
def test_a_claim_without_lock_is_caught(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two workers that look before either has written both take the row."""
    both_have_looked = Barrier(2, timeout=PATIENCE_SECONDS)

    def claim(*, owner: UUID, now: datetime) -> Delivery | None:
        with transaction.atomic():
            delivery = Delivery.objects.filter(status=DeliveryStatus.DUE, due_at__lte=now).first()
            both_have_looked.wait()
            if delivery is not None:
                delivery.move_to(DeliveryStatus.SENDING, at=now, owner=owner, lease_until=outbox._lease())
            return delivery

    monkeypatch.setattr(outbox, "claim", claim)
    with pytest.raises(AssertionError):
        test_claim_races.test_one_due_row_is_claimed_by_one_of_two(cast)
