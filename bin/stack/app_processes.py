"""Which processes make up the product, and when is each of them ready?"""

import http.client
import socket
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from stack.process import ManagedProcess
from stack.run_as import RunAs
from stack.servers import Servers


@dataclass(frozen=True)
class AppProcesses:
    """Web, worker, beat and mail catcher, not yet started."""

    web: ManagedProcess
    worker: ManagedProcess
    beat: ManagedProcess
    mail_catcher: ManagedProcess

    @property
    def all(self) -> list[ManagedProcess]:
        return [self.mail_catcher, self.web, self.worker, self.beat]


def app_processes(
    servers: Servers, environment: dict[str, str], user: RunAs | None, *, port: int, smtp_port: int
) -> AppProcesses:
    """The product's processes for these servers."""
    checkout, state = servers.checkout, servers.state
    programs = checkout.venv / "bin"

    def process(
        name: str, *command: str | Path, is_ready: Callable[[], bool] | None = None
    ) -> ManagedProcess:
        log = state.log(name.replace(" ", "-"))
        return ManagedProcess(
            name, command, log=log, env=environment, cwd=checkout.root, run_as=user, is_ready=is_ready
        )

    worker = process(
        "worker",
        *(programs / "celery", "-A", "backend", "worker"),
        *("--concurrency", "2", "--loglevel", "INFO", "--without-gossip", "--without-mingle"),
        is_ready=lambda: " ready." in worker.output(),
    )
    return AppProcesses(
        web=process(
            "web",
            *(programs / "gunicorn", "backend.wsgi", "--bind", f"127.0.0.1:{port}"),
            *("--config", "python:backend.serving", "--preload"),
            is_ready=lambda: says_ready(port),
        ),
        worker=worker,
        beat=process(
            "beat",
            *(programs / "celery", "-A", "backend", "beat", "--pidfile="),
            *("--schedule", state.folder("beat") / "schedule"),
        ),
        mail_catcher=process(
            "mail catcher",
            *(checkout.python, "manage.py", "mailcatcher", "--host", "127.0.0.1", "--port", str(smtp_port)),
            is_ready=lambda: accepts_connections(smtp_port),
        ),
    )


def says_ready(port: int) -> bool:
    """Whether the web process says that it is ready: database, migrations, keys."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/healthz/ready", headers={"Host": "localhost"})
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def accepts_connections(port: int) -> bool:
    """Whether somebody listens on the loopback port."""
    try:
        socket.create_connection(("127.0.0.1", port), timeout=2).close()
    except OSError:
        return False
    return True
