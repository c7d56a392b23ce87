"""How do processes die, and what does the database say of it afterwards?"""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from stack import ManagedProcess, PostgresCluster
from stack.processes_seen import children_of, end_and_wait

from tests.faults.product import Product
from tests.faults.town import NAME_AT_DATABASE


def kill(process: ManagedProcess) -> None:
    """The process and all its children, at once."""
    process.kill9()


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


def people_without_answer(product: Product) -> int:
    """Of how many people the database has written down what they did, and not told them."""
    return _without_answer(product, "application_name = %s", NAME_AT_DATABASE)


def held_up(product: Product) -> Callable[[], bool]:
    """Whether, from now on, people wait for the answer to a commit, or were told that somebody's is in the way."""
    told_before = product.town.told_to_wait
    return lambda: (
        people_without_answer(product) > 0
        or (product.town.told_to_wait > told_before and _without_answer(product, "true") > 0)
    )


def _without_answer(product: Product, who: str, *values: str) -> int:
    ((number,),) = product.ask_database(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'SyncRep'"
        f" AND {who}",
        *values,
    )
    return int(number)


def commissions(product: Product) -> dict[str, tuple[int, int]]:
    """For each status of requests: how many requests, and how many assignments they have."""
    found = product.ask_database(
        "SELECT r.status, count(DISTINCT r.id), count(a.id) FROM dispatch_helprequest r"
        " LEFT JOIN dispatch_assignment a ON a.help_request_id = r.id GROUP BY r.status"
    )
    return {status: (requests, assignments) for status, requests, assignments in found}


def double_commissions(product: Product) -> int:
    """How many live assignments there are beyond one for each seat, however they came about."""
    ((surplus,),) = product.ask_database(
        "SELECT coalesce(sum(number - 1), 0) FROM (SELECT count(*) AS number FROM dispatch_assignment"
        " WHERE status IN ('CONFIRMED', 'COMPLETED') GROUP BY help_request_id, seat) AS seats"
    )
    return int(surplus)


def events_twice(product: Product) -> list[tuple[object, ...]]:
    """Nothing in this story happens twice to the same thing."""
    return product.ask_database(
        "SELECT kind, subject_id FROM journal_event GROUP BY kind, subject_id HAVING count(*) > 1"
    )
