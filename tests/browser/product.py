"""The whole product on real parts for browsers: a town of its own, web process, worker, beat and mail catcher."""

import fcntl
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

from stack import ManagedProcess
from stack.app_processes import accepts_connections, says_ready
from stack.ports import any_free_port
from stack.stamps import fingerprint

from tests.databases import copy, drop, migrated_template, note, note_on, url_of

ROOT = Path(__file__).resolve().parents[2]
SOURCES = ("backend", "geo", "matching", "notifications", "tests/browser/town.py")
TEMPLATE = "ilos_browser_template"
# A queue and a cache of one's own for each of pytest's workers; their own tests use number 0.
REDIS_NUMBER = 14 - int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))


@dataclass(frozen=True)
class Fresh:
    """Something new in the town: a request, and the secrets of the links to its offers."""

    id: str
    reference: str
    links: list[str]


@dataclass(frozen=True)
class Product:
    """A running product: where it answers, who is signed in by which cookie, and what is where."""

    url: str
    environment: dict[str, str]
    sessions: dict[str, str]
    ids: dict[str, str]
    mailbox: Path
    processes: list[ManagedProcess] = field(default_factory=list)

    def __getitem__(self, name: str) -> str:
        """The id or secret of something in the town."""
        return self.ids[name]

    def session_of(self, email: str) -> str:
        """A session cookie of whoever has this address."""
        return str(json.loads(in_product(self.environment, f"sign_in({email!r})")))

    def fresh(self, what: str) -> Fresh:
        """A new request: "open", "asked" or "accepted"."""
        return Fresh(**json.loads(in_product(self.environment, f"fresh({what!r})")))


def in_product(environment: dict[str, str], call: str) -> str:
    """What a function of town.py prints, in a process of the product's."""
    return manage(
        environment, "-c", f"import django; django.setup(); from tests.browser import town; town.{call}"
    )


def manage(environment: dict[str, str], *arguments: str) -> str:
    """Run Python on the product's settings; its output. Raises with what it complained about."""
    done = subprocess.run(
        [sys.executable, *arguments], cwd=ROOT, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


@contextmanager
def running_product(*, background: bool = True, compressed: bool = False) -> Iterator[Product]:
    """Start it on the servers that DATABASE_URL and REDIS_URL name; `background`: with worker and beat."""
    with ExitStack() as cleanup:
        folder = Path(cleanup.enter_context(TemporaryDirectory(prefix="ilos-browser-")))
        database = f"ilos_browser_{os.getpid()}"
        environment = _environment(folder, database, compressed=compressed)
        cleanup.callback(drop, database)
        _copy_of_the_town(database, environment)
        manage(environment, "bin/build-assets")  # as bin/test does; at once when nothing has changed
        manage(environment, "manage.py", "collectstatic", "--noinput", "-v0")
        processes = _processes(folder, environment)
        starting = processes if background else processes[:2]
        for process in starting:
            cleanup.callback(process.stop, 5)
            process.launch()
        for process in starting:
            process.wait_until_ready()
        found = json.loads(in_product(environment, "facts()"))
        yield Product(
            url=environment["BASE_URL"],
            environment=environment,
            sessions=found["sessions"],
            ids=found["ids"],
            mailbox=folder / "mail",
            processes=starting,
        )


def _environment(folder: Path, database: str, *, compressed: bool) -> dict[str, str]:
    web, smtp = any_free_port(), any_free_port()
    (folder / "mail").mkdir()
    return {
        **os.environ,
        "DATABASE_URL": url_of(database),
        "REDIS_URL": os.environ["REDIS_URL"].rsplit("=", 1)[0] + f"={REDIS_NUMBER}",
        "BROKER_URL": os.environ["BROKER_URL"].rsplit("=", 1)[0] + f"={REDIS_NUMBER}",
        "BASE_URL": f"http://localhost:{web}",
        "PORT": str(web),
        "EMAIL_HOST": "127.0.0.1",
        "EMAIL_PORT": str(smtp),
        "MAILBOX_DIR": str(folder / "mail"),
        "STATIC_ROOT": str(folder / "static"),
        "PLAIN_STATIC": "0" if compressed else "1",
        "TICK_SECONDS": "1",
        "REGISTRATION_RATE": "1000",
        "PYTHONWARNINGS": "ignore",
    }


def _processes(folder: Path, environment: dict[str, str]) -> list[ManagedProcess]:
    """Web and mail first: pages need no more, and signing in sends a code."""

    def process(name: str, *command: str, is_ready=None) -> ManagedProcess:
        return ManagedProcess(
            name,
            [sys.executable, *command],
            log=folder / f"{name}.log",
            env=environment,
            cwd=ROOT,
            is_ready=is_ready,
            ready_seconds=120,  # of a machine with much else to do
        )

    port, smtp = int(environment["PORT"]), int(environment["EMAIL_PORT"])
    worker = process(
        "worker",
        *("-m", "celery", "-A", "backend", "worker", "--concurrency", "1"),
        *("--without-gossip", "--without-mingle", "--loglevel", "INFO"),
        is_ready=lambda: " ready." in worker.output(),
    )
    schedule = str(folder / "schedule")
    return [
        process(
            "web",
            *("-m", "gunicorn", "backend.wsgi", "--bind", f"127.0.0.1:{port}"),
            *("--workers", "1", "--threads", "4", "--no-control-socket"),
            is_ready=lambda: says_ready(port),
        ),
        process(
            "mail",
            *("manage.py", "mailcatcher", "--host", "127.0.0.1", "--port", str(smtp)),
            is_ready=lambda: accepts_connections(smtp),
        ),
        worker,
        process("beat", "-m", "celery", "-A", "backend", "beat", "--pidfile=", "--schedule", schedule),
    ]


# --- the town is loaded once a day and version, and copied: loading takes a minute, a copy a moment


def _copy_of_the_town(database: str, environment: dict[str, str]) -> None:
    lock = Path(os.environ["STATIC_ROOT"]).parent / "browser-town.lock"
    with lock.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        today = datetime.now(ZoneInfo("Europe/Berlin")).date()  # the town's dates are counted from it
        version = f"{today} {fingerprint(_sources())}"
        if note_on(TEMPLATE) != version:
            copy(migrated_template(), TEMPLATE)
            loading = environment | {"DATABASE_URL": url_of(TEMPLATE)}
            manage(loading, "manage.py", "import_gazetteer")
            in_product(loading, "load()")
            note(TEMPLATE, version)
        copy(TEMPLATE, database)


def _sources() -> Iterator[Path]:
    for name in SOURCES:
        top = ROOT / name
        yield from (path for path in top.rglob("*.py")) if top.is_dir() else [top]
