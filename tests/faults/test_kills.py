"""Does every message arrive although worker, relay, Redis or PostgreSQL are killed while messages are on their way?"""

import random
import signal
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from stack import ManagedProcess, PostgresCluster
from stack.processes_seen import children_of, end_and_wait
from stack.servers import Servers

from tests.faults.conftest import NewProduct
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


def kill(process: ManagedProcess) -> None:
    """The process and all its children, at once."""
    process.kill9()


def kill_sending_processes(worker: ManagedProcess) -> None:
    """Those that send, while the worker that leads them lives on."""
    assert worker.pid
    end_and_wait(children_of(worker.pid), signal.SIGKILL)


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
            product.wait_until(lambda: commits_without_answer(product) > 0, "somebody waits for an answer")
        product.wait_until_all_is_told()

    assert town.took_effect_before == list(stages)
    assert product.comparison().disagreements == {}
    assert statuses_of_due(product) == {"SENT"}
    assert commissions(product) == {"ASSIGNED": (3, 3)}
    assert events_twice(product) == []


def kill_postgres(postgres: PostgresCluster) -> None:
    """As a power cut would."""
    postgres.kill9()


def stop_postgres_at_once(postgres: PostgresCluster) -> None:
    """As an administrator in a hurry would (pg_ctl stop -m immediate)."""
    assert postgres.pid
    end_and_wait([postgres.pid], signal.SIGQUIT)


@contextmanager
def dying_before_it_answers(postgres: PostgresCluster) -> Iterator[None]:
    """The server writes commits down, but keeps the answers, for want of a standby; then it is killed and started."""
    try:
        postgres.query("ALTER SYSTEM SET synchronous_standby_names = 'nobody'", "postgres")
        postgres.query("SELECT pg_reload_conf()", "postgres")
        postgres.query("CHECKPOINT", "postgres")  # it is the checkpointer that tells all sessions
        yield
    finally:
        postgres.query("ALTER SYSTEM RESET synchronous_standby_names", "postgres")
        postgres.kill9()
        postgres.start()


def commits_without_answer(product: Product) -> int:
    ((number,),) = product.ask_database(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'SyncRep'"
    )
    return int(number)


# --- what the database says in the end


def statuses_of_due(product: Product) -> set[str]:
    return {row.status for row in product.rows() if not row.later}


def commissions(product: Product) -> dict[str, tuple[int, int]]:
    """For each status of requests: how many requests, and how many assignments they have."""
    found = product.ask_database(
        "SELECT r.status, count(DISTINCT r.id), count(a.id) FROM dispatch_helprequest r"
        " LEFT JOIN dispatch_assignment a ON a.help_request_id = r.id GROUP BY r.status"
    )
    return {status: (requests, assignments) for status, requests, assignments in found}


def events_twice(product: Product) -> list[tuple[object, ...]]:
    """Nothing in this story happens twice to the same thing."""
    return product.ask_database(
        "SELECT kind, subject_id FROM journal_event GROUP BY kind, subject_id HAVING count(*) > 1"
    )
