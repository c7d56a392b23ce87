"""What runs in these tests: database, broker, mail server, workers, and people; watched over, and killed on purpose."""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import psycopg
from stack import ManagedProcess
from stack.postgres import USER
from stack.servers import Servers

from tests.faults.histories import Comparison, Promise, Row, compare
from tests.faults.mail_server import MailServer
from tests.faults.nursery import Forked, Nursery
from tests.faults.town import PEOPLE, Town

POLL_SECONDS = 0.1
PATIENCE_SECONDS = 120  # of a machine with much else to do; an idle one needs a few
RESTARTS_AT_MOST = 20
QUEUES = 15  # Redis has sixteen databases, and the first is nobody's
QUICK = {
    "TICK_SECONDS": "0.5",
    "DELIVERY_LEASE_SECONDS": "2",
    "DELIVERY_RETRY_BASE_SECONDS": "0.5",
}
ROWS = """
    SELECT d.id, d.template, d.subject_id, u.email, d.status, d.due_at > now() + interval '1 day', d.crashes
    FROM notifications_delivery d JOIN accounts_user u ON u.id = d.recipient_id
"""


class Product:
    """Processes of the product on a database of their own; `look_after` starts again what ended, as bin/run does."""

    def __init__(
        self,
        servers: Servers,
        database: str,
        mail: MailServer,
        environment: dict[str, str],
        people: str = PEOPLE,
    ) -> None:
        self.servers, self.database, self.mail, self.environment = servers, database, mail, environment
        self.restarts_at_most = RESTARTS_AT_MOST
        self.nursery = Nursery(environment)
        self._connected: psycopg.Connection[tuple[Any, ...]] | None = None
        self.processes: list[ManagedProcess] = []
        self.obituaries: list[str] = []
        self.town = Town(
            environment,
            diary=servers.state.log(f"{database}-diary"),
            log=servers.state.log(f"{database}-people"),
            people=people,
        )

    # --- processes

    def worker(self, name: str = "worker", *, app: str = "backend") -> ManagedProcess:
        """A Celery worker with two sending processes, ready to take tasks."""
        worker = self._process(
            name,
            *("-m", "celery", "-A", app, "worker", "--concurrency", "2", "--loglevel", "INFO"),
            *("--without-gossip", "--without-mingle", "--hostname", f"{name}@%h"),
            is_ready=lambda: " ready." in worker.output(),
        )
        return worker

    def beat(self, name: str = "beat") -> ManagedProcess:
        """The clock that repeats lost hints."""
        schedule = self.servers.state.folder("beat") / f"{self.database}-{name}"
        return self._process(
            name, "-m", "celery", "-A", "backend", "beat", "--pidfile=", "--schedule", schedule
        )

    def relay(self, name: str = "relay") -> ManagedProcess:
        """The starter that needs no broker."""
        return self._process(name, "manage.py", "relay", "--interval", "0.2")

    def start(self, *processes: ManagedProcess) -> None:
        """Start them side by side and wait until all are ready."""
        for process in processes:
            process.launch()
            self.processes.append(process)
        for process in processes:
            process.wait_until_ready()

    def look_after(self) -> None:
        """Start again whatever has ended, and keep what it died of."""
        for process in self.processes:
            if process.exit_code is not None:
                self.obituaries.append(process.obituary())
                assert len(self.obituaries) <= self.restarts_at_most, self.state_of_things()
                process.kill9()  # what is left of its children
                process.launch()

    def end(self) -> None:
        """No ceremony: the database goes with them."""
        self.town.close()
        if self._connected:
            self._connected.close()
        for process in self.processes:
            process.kill9()
        self.nursery.close()

    def _process(
        self, name: str, *arguments: str | Path, is_ready: Callable[[], bool] | None = None
    ) -> ManagedProcess:
        return Forked(
            self.nursery,
            name,
            list(arguments),
            log=self.servers.state.log(f"{self.database}-{name}"),
            is_ready=is_ready,
            ready_seconds=PATIENCE_SECONDS,
        )

    def order(self, **orders: int) -> None:
        """Send people to work, so many requests at each order; returns at once."""
        for what, number in orders.items():
            self.town.order(what, number)

    # --- waiting, for a condition and never for a time

    def wait_until(self, holds: Callable[[], bool], what: str, *, seconds: float = PATIENCE_SECONDS) -> None:
        """Return when it holds; keep the processes running meanwhile."""
        deadline = time.monotonic() + seconds
        while not holds():
            self.look_after()
            if time.monotonic() > deadline:
                raise AssertionError(f"not within {seconds:.0f} s: {what}\n{self.state_of_things()}")
            time.sleep(POLL_SECONDS)

    def wait_until_all_is_told(self) -> None:
        """People are idle, every event is looked at, and no message is due or on its way."""
        self.wait_until(lambda: self.town.is_idle, "the people are done")
        self.wait_until(lambda: not self.open_ends(), "all messages are out")

    def state_of_things(self) -> str:
        """For a failed test: what is open, and what the processes said last."""
        logs = [process.log_tail() for process in self.processes]
        return "\n".join([f"accepted: {len(self.mail.accepted)}", *self.obituaries, *logs])

    # --- what the database says

    def ask_database(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        """The rows that plain SQL finds, past all code of the product."""
        try:
            return self._connection().execute(sql, values).fetchall()
        except psycopg.OperationalError:  # the server of before has been killed
            self._connected = None
            return self._connection().execute(sql, values).fetchall()

    def _connection(self) -> psycopg.Connection[tuple[Any, ...]]:
        if self._connected is None or self._connected.closed:
            sockets = str(self.servers.state.sockets)
            self._connected = psycopg.connect(host=sockets, user=USER, dbname=self.database, autocommit=True)
        return self._connected

    def rows(self) -> list[Row]:
        """All deliveries."""
        return [
            Row(f"<{pk}@localhost>", Promise(template, str(subject_id), email), status, later, crashes)
            for pk, template, subject_id, email, status, later, crashes in self.ask_database(ROWS)
        ]

    def row(self, message_id: str) -> Row:
        (found,) = (row for row in self.rows() if row.message_id == message_id)
        return found

    def open_ends(self) -> int:
        """Events without a look, and messages that are due, wait for another try or are on their way."""
        ((events, deliveries),) = self.ask_database(
            "SELECT (SELECT count(*) FROM journal_event WHERE processed_at IS NULL),"
            " (SELECT count(*) FROM notifications_delivery"
            "  WHERE status = 'SENDING' OR status = 'DUE' AND due_at < now() + interval '1 day')"
        )
        return int(events + deliveries)

    def comparison(self) -> Comparison:
        return compare(self.town.promises, self.rows(), self.mail.accepted)


@contextmanager
def running_product(
    servers: Servers, number: int, *, people: str = PEOPLE, mail: MailServer | None = None, **settings: str
) -> Iterator[Product]:
    """A product without processes yet, on a fresh copy of the filled database and a queue of its own."""
    database, queue = f"faults_{number}", 1 + number % QUEUES
    servers.postgres.query(f'CREATE DATABASE "{database}" TEMPLATE ilos', "postgres")
    with ExitStack() as cleanup:
        mail = cleanup.enter_context((mail or MailServer()).running())
        environment = servers.environment(
            **{
                "DATABASE_URL": servers.postgres.url_of(database),
                "REDIS_URL": servers.redis.url_of(queue),
                "BROKER_URL": servers.redis.broker_url_of(queue),
                "EMAIL_HOST": "127.0.0.1",
                "EMAIL_PORT": str(mail.port),
                **QUICK,
                **settings,
            }
        )
        product = Product(servers, database, mail, environment, people)
        cleanup.callback(product.end)
        yield product
