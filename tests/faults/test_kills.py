"""Does every message arrive although worker, Redis or PostgreSQL are killed while messages are on their way?"""

import random
import signal
from collections import Counter

import pytest
from stack import ManagedProcess, PostgresCluster
from stack.processes_seen import children_of, end_and_wait
from stack.servers import Servers

from tests.faults.conftest import NewProduct
from tests.faults.mail_server import Moment

pytestmark = [pytest.mark.processes, pytest.mark.xdist_group("faults")]

STAGES = ("offer", "accept", "confirm")


def kill_worker(worker: ManagedProcess) -> None:
    """The worker and its sending processes, at once."""
    worker.kill9()


def kill_sending_processes(worker: ManagedProcess) -> None:
    """Those that send, while the worker that leads them lives on."""
    assert worker.pid
    end_and_wait(children_of(worker.pid), signal.SIGKILL)


def kill_postgres(postgres: PostgresCluster) -> None:
    """As a power cut would."""
    postgres.kill9()


def stop_postgres_at_once(postgres: PostgresCluster) -> None:
    """As an administrator in a hurry would (pg_ctl stop -m immediate)."""
    assert postgres.pid
    end_and_wait([postgres.pid], signal.SIGQUIT)


def test_worker_killed_in_mid_send(new_product: NewProduct) -> None:
    product = new_product()
    worker, mail = product.worker(), product.mail
    product.start(worker, product.beat())
    product.town.order("ask", 12)  # two messages each
    product.town.order("offer", 12)  # three each
    draw = random.Random(11)

    faults = [
        (kill_worker, Moment.BEFORE_TAKING),
        (kill_sending_processes, Moment.AFTER_TAKING),
        (kill_worker, Moment.AFTER_TAKING),
    ]
    for number, (kill, moment) in enumerate(faults):
        hold = mail.hold(after=15 * number + draw.randrange(5, 15), moment=moment)
        product.wait_until(lambda hold=hold: hold.reached, "a message is being handed over")
        assert product.row(hold.message_id).status == "SENDING"
        kill(worker)
        product.wait_until(lambda hold=hold: hold.sender_is_gone, "its sender is dead")
        product.wait_until(
            lambda hold=hold: product.row(hold.message_id).status == "SENT", "the message is sent after all"
        )
        assert product.row(hold.message_id).crashes == 1
        # The yes that nobody heard is the one case in which a message comes twice.
        assert mail.count(hold.message_id) == (2 if moment is Moment.AFTER_TAKING else 1)

    product.wait_until_all_is_told()
    assert product.comparison().disagreements == {}
    assert Counter(row.status for row in product.rows()) == {"SENT": 60}


def test_redis_killed(new_product: NewProduct, servers: Servers) -> None:
    product = new_product()
    mail, town = product.mail, product.town
    product.start(product.worker(), product.beat())
    town.order("ask", 4)
    product.wait_until_all_is_told()

    for stage in STAGES:
        hold = mail.hold(after=len(mail.accepted) + 1, moment=Moment.AFTER_TAKING)
        town.order(stage, 4)
        product.wait_until(lambda hold=hold: hold.reached, "a task is in flight")
        servers.redis.kill9()
        town.order("ask", 1)
        product.wait_until(lambda: town.is_idle, "people go on without Redis")
        mail.let_go(hold)
        servers.redis.start()
        product.wait_until_all_is_told()

    assert town.log.read_text().count("wake_failed") >= len(STAGES)
    assert product.comparison().disagreements == {}
    assert {row.status for row in product.rows() if not row.later} == {"SENT"}


def test_postgres_killed_during_the_story(new_product: NewProduct, servers: Servers) -> None:
    product = new_product()
    mail, town = product.mail, product.town
    product.start(product.worker(), product.beat())
    town.order("ask", 6)
    product.wait_until_all_is_told()

    kills = (kill_postgres, stop_postgres_at_once, kill_postgres)
    for stage, kill in zip(STAGES, kills, strict=True):
        hold = mail.hold(after=len(mail.accepted) + 1, moment=Moment.AFTER_TAKING)
        answered_always = town.unanswered
        town.order(stage, 6)
        product.wait_until(lambda hold=hold: hold.reached, "a message is being handed over")
        kill(servers.postgres)
        town.order("ask", 1)
        product.wait_until(lambda before=answered_always: town.unanswered > before, "somebody gets no answer")
        mail.let_go(hold)
        servers.postgres.start()
        product.wait_until_all_is_told()

    assert product.comparison().disagreements == {}
    assert {row.status for row in product.rows() if not row.later} == {"SENT"}
    assert product.ask_database(
        "SELECT r.status, count(DISTINCT r.id), count(a.id) FROM dispatch_helprequest r"
        " LEFT JOIN dispatch_assignment a ON a.help_request_id = r.id GROUP BY 1 ORDER BY 1"
    ) == [("ASSIGNED", 6, 6), ("OPEN", 3, 0)]
    assert (
        product.ask_database(
            "SELECT kind, subject_id FROM journal_event WHERE kind NOT IN ('PILOTS_SUGGESTED')"
            " AND kind LIKE 'ASSIGNMENT%%' GROUP BY 1, 2 HAVING count(*) > 1"
        )
        == []
    )
