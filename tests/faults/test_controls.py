"""Would these tests notice a loss? Designs and histories that are wrong on purpose must be found out."""

from dataclasses import replace

import pytest

from tests.faults.conftest import NewProduct
from tests.faults.histories import Promise, Row, compare
from tests.faults.mail_server import Accepted, Moment
from tests.faults.plain_celery import app as plain_celery

PROMISES = [Promise("offer_made", f"offer-{number}", f"pilot{number}@example.org") for number in range(3)]
ROWS = [Row(f"<{promise.subject_id}@localhost>", promise, "SENT") for promise in PROMISES]
ACCEPTED = [Accepted(row.message_id, row.promise.recipient, at=0.0) for row in ROWS]


def test_honest_histories_agree() -> None:
    found = compare(PROMISES, ROWS, ACCEPTED)

    assert (found.disagreements, found.doubled) == ({}, {})


def test_double_under_its_own_id_is_counted_and_allowed() -> None:
    found = compare(PROMISES, ROWS, [*ACCEPTED, ACCEPTED[0]])

    assert (found.disagreements, found.doubled) == ({}, {ROWS[0].message_id: 2})


def test_tampered_histories_are_found_out() -> None:
    first, *others = ROWS
    stranger = replace(ACCEPTED[0], message_id="<another@localhost>")
    misled = replace(ACCEPTED[0], recipient="somebody@example.org")
    stuck, twice = replace(first, status="SENDING"), replace(first, message_id="<twice@localhost>")

    assert compare(PROMISES, ROWS, ACCEPTED[1:]).disagreements == {"lost": [first]}
    assert compare(PROMISES, ROWS, [*ACCEPTED, stranger]).disagreements == {"strange": [stranger]}
    assert compare(PROMISES, ROWS, [*ACCEPTED, misled]).disagreements == {"strange": [misled]}
    assert compare(PROMISES, [stuck, *others], ACCEPTED).disagreements == {"unfinished": [stuck]}
    assert compare(PROMISES, others, ACCEPTED[1:]).disagreements == {"unrecorded": [PROMISES[0]]}
    assert "unpromised" in compare(PROMISES, [*ROWS, twice], ACCEPTED).disagreements
    assert (
        compare(PROMISES, [replace(first, status="DUE", later=True), *others], ACCEPTED[1:]).disagreements
        == {}
    )


@pytest.mark.processes
@pytest.mark.xdist_group("faults")
def test_plain_celery_loses_what_the_outbox_keeps(new_product: NewProduct) -> None:
    """The kill that test_worker_killed_in_mid_send survives."""
    product = new_product()
    worker, mail = product.worker(app="tests.faults.plain_celery"), product.mail
    product.start(worker)
    hold = mail.hold(after=0, moment=Moment.BEFORE_TAKING)

    send(product, ROWS[0])
    product.wait_until(lambda: hold.reached, "the first message is being handed over")
    worker.kill9()
    product.wait_until(lambda: hold.sender_is_gone, "its sender is dead")
    for row in ROWS[1:]:
        send(product, row)
    product.wait_until(lambda: len(mail.accepted) == 2, "the others arrive, though queued later")

    assert compare(PROMISES, ROWS, mail.accepted).disagreements == {"lost": [ROWS[0]]}


def send(product, row: Row) -> None:
    with plain_celery.connection_for_write(product.environment["BROKER_URL"]) as connection:
        plain_celery.send_task(
            "plain.send", [row.message_id, row.promise.recipient], connection=connection, ignore_result=True
        )
