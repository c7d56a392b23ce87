"""Is each starter enough alone, and do several at once send each message once?"""

import pytest

from tests.faults.conftest import NewProduct

pytestmark = [pytest.mark.processes, pytest.mark.xdist_group("faults")]

STORY = ("ask", "suggest", "offer", "accept", "confirm")
# Nobody dies here, so that no lease may run out, however slow the machine is.
LONG_LEASE = {"DELIVERY_LEASE_SECONDS": "60"}


def test_relay_alone_without_broker(new_product: NewProduct) -> None:
    product = new_product(BROKER_URL="redis+socket:///nowhere/redis.sock", **LONG_LEASE)
    product.start(product.relay())

    for stage in STORY:
        product.order(**{stage: 5})
        product.wait_until_all_is_told()

    found = product.comparison()
    assert product.town.hints_lost() > 0
    assert (found.disagreements, found.doubled) == ({}, {})
    assert len(product.mail.accepted) == 5 * (2 + 3 + 2 + 4)


def test_two_hundred_mails_by_the_relay_alone(new_product: NewProduct) -> None:
    product = new_product(BROKER_URL="redis+socket:///nowhere/redis.sock", **LONG_LEASE)
    product.mail.seconds_each = 0.0
    product.start(product.relay())

    product.order(announce=200)
    product.wait_until_all_is_told()

    found = product.comparison()
    assert (found.disagreements, found.doubled) == ({}, {})
    assert len(product.mail.accepted) == 200


def test_several_of_each_send_each_message_once(new_product: NewProduct) -> None:
    product = new_product(**LONG_LEASE)
    senders = [
        product.worker("worker1"),
        product.worker("worker2"),
        product.relay("relay1"),
        product.relay("relay2"),
    ]
    product.mail.seconds_each = 0.1  # so slow that nobody is done before the others have begun
    product.start(*senders, product.beat("beat1"), product.beat("beat2"))

    product.order(ask=12, suggest=12, offer=12)
    product.wait_until_all_is_told()

    found = product.comparison()
    assert (found.disagreements, found.doubled) == ({}, {})
    assert len(product.mail.accepted) == 60
    assert [sender.name for sender in senders if " status=SENT " not in sender.output()] == []
    assert product.obituaries == []
