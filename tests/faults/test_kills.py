"""Does every message arrive although worker, relay, Redis or PostgreSQL are killed while messages are on their way?"""

import random
from collections import Counter
from collections.abc import Callable

import pytest
from stack.servers import Servers

from tests.faults.conftest import NewProduct
from tests.faults.killing import (
    commissions,
    double_commissions,
    dying_before_it_answers,
    events_twice,
    kill,
    kill_postgres,
    kill_sending_processes,
    people_without_answer,
    stop_postgres_at_once,
)
from tests.faults.mail_server import Moment
from tests.faults.product import Product

pytestmark = [pytest.mark.processes, pytest.mark.xdist_group("faults")]


# --- who sends is killed


def test_worker_killed_in_mid_send(new_product: NewProduct) -> None:
    product = new_product()
    worker = product.worker()
    product.start(worker, product.beat())

    messages_survive(
        product,
        (lambda: kill(worker), Moment.BEFORE_TAKING),
        (lambda: kill_sending_processes(worker), Moment.AFTER_TAKING),
        (lambda: kill(worker), Moment.AFTER_TAKING),
    )


def test_relay_killed_in_mid_send(new_product: NewProduct) -> None:
    product = new_product()
    relay = product.relay()
    product.start(relay)

    messages_survive(
        product,
        (lambda: kill(relay), Moment.AFTER_TAKING),
        (lambda: kill(relay), Moment.BEFORE_TAKING),
        (lambda: kill(relay), Moment.AFTER_TAKING),
    )


def messages_survive(product: Product, *faults: tuple[Callable[[], None], Moment]) -> None:
    """Each fault hits its sender in mid-send, among 20 messages; in the end all have arrived."""
    draw, mail = random.Random(11), product.mail
    for number, (fault, moment) in enumerate(faults, start=1):
        hold = mail.hold(after=len(mail.accepted) + draw.randrange(15), moment=moment)
        product.order(ask=4)  # two messages each
        product.order(suggest=4, offer=4)  # three each
        product.wait_until(lambda hold=hold: hold.reached, "a message is being handed over")
        fault()
        product.wait_until(lambda hold=hold: hold.sender_is_gone, "its sender is dead")
        product.wait_until_all_is_told()

        assert product.comparison().disagreements == {}
        assert Counter(row.status for row in product.rows()) == {"SENT": 20 * number}
        # It was left in SENDING, and taken back when its lease ran out.
        assert product.row(hold.message_id).crashes >= 1
        # The yes that nobody heard is the one case in which a message comes twice.
        assert mail.count(hold.message_id) >= (2 if moment is Moment.AFTER_TAKING else 1)


# --- what they stand on is killed


def test_redis_killed_while_events_flow(new_product: NewProduct, servers: Servers) -> None:
    product = new_product(DELIVERY_LEASE_SECONDS="15")
    mail, town = product.mail, product.town
    product.start(product.worker(), product.beat())
    product.order(ask=4, suggest=4)
    product.wait_until_all_is_told()

    stages = ("offer", "accept", "confirm")
    for stage in stages:
        hold = mail.hold(after=len(mail.accepted) + 1, moment=Moment.AFTER_TAKING)
        product.order(**{stage: 4})
        product.wait_until(lambda hold=hold: hold.reached, "a task is in flight")
        servers.redis.kill9()
        product.order(ask=1)
        product.wait_until(lambda: town.is_idle, "people go on without Redis")
        mail.let_go(hold)
        servers.redis.start()
        product.wait_until_all_is_told()

    assert town.hints_lost() >= len(stages)
    found = product.comparison()
    assert found.disagreements == {}
    assert statuses_of_due(product) == {"SENT"}
    # A broken connection cuts off no mail. (Now and then a worker whose Redis dies ends altogether.)
    assert found.doubled == {} or product.obituaries


def test_postgres_killed_during_the_story(new_product: NewProduct, servers: Servers) -> None:
    product = new_product()
    mail, town = product.mail, product.town
    product.start(product.worker(), product.beat())
    product.order(ask=6, suggest=6)
    product.wait_until_all_is_told()

    stages = {"offer": kill_postgres, "accept": stop_postgres_at_once, "confirm": kill_postgres}
    for stage, end in stages.items():
        hold = mail.hold(after=len(mail.accepted) + 1, moment=Moment.AFTER_TAKING)
        before = town.unanswered
        product.order(**{stage: 6})
        product.wait_until(lambda hold=hold: hold.reached, "a message is being handed over")
        end(servers.postgres)
        product.order(ask=1)
        product.wait_until(lambda before=before: town.unanswered > before, "somebody gets no answer")
        mail.let_go(hold)
        servers.postgres.start()
        product.wait_until_all_is_told()

    assert product.comparison().disagreements == {}
    assert statuses_of_due(product) == {"SENT"}
    assert commissions(product) == {"ASSIGNED": (6, 6), "OPEN": (3, 0)}
    assert double_commissions(product) == 0
    assert events_twice(product) == []


def test_commit_whose_answer_is_lost(new_product: NewProduct, servers: Servers) -> None:
    """The worst moment for a repetition: it took effect, and nobody knows."""
    product = new_product()
    town = product.town
    product.start(product.worker(), product.beat())

    stages = ("ask", "suggest", "offer", "accept", "confirm")
    for stage in stages:
        with dying_before_it_answers(servers.postgres):
            product.order(**{stage: 3})
            product.wait_until(lambda: people_without_answer(product) > 0, "somebody waits for an answer")
        product.wait_until_all_is_told()

    assert town.took_effect_before == list(stages)
    assert product.comparison().disagreements == {}
    assert statuses_of_due(product) == {"SENT"}
    assert commissions(product) == {"ASSIGNED": (3, 3)}
    assert double_commissions(product) == 0
    assert events_twice(product) == []


# --- what the database says in the end


def statuses_of_due(product: Product) -> set[str]:
    return {row.status for row in product.rows() if not row.later}
