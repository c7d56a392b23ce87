"""How does a private PostgreSQL cluster with PostGIS begin, run, stop and die?"""

import os
import shutil
import signal
import subprocess
from contextlib import suppress
from pathlib import Path
from typing import Self

from stack.errors import StackError
from stack.paths import StateFolder
from stack.process import ManagedProcess
from stack.processes_seen import children_of, end_and_wait, is_postgres_of
from stack.programs import PostgresPrograms, installed_postgres
from stack.run_as import popen_arguments

USER = DATABASE = "ilos"
# For tests: what was committed survives the servers' crash, though not the machine's.
# Its log names what went wrong and in which constraint; statements and rows, which hold people's data, stay out of it.
NO_VALUES = ("log_error_verbosity=terse", "log_min_error_statement=panic")
NOT_DURABLE = ("fsync=off", "full_page_writes=off")


def without_postgres_variables() -> dict[str, str]:
    """The environment without PGHOST and its like, which point at somebody else's server."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PG")}


class PostgresCluster:
    """A cluster in a folder of ours, reachable over a unix socket alone, by nobody but its own user."""

    def __init__(self, state: StateFolder, *, durable: bool = True, max_connections: int = 100) -> None:
        self.state = state
        self.data = state.root / "postgres"
        self.durable = durable
        self.max_connections = max_connections
        self._process: ManagedProcess | None = None

    # --- addresses

    def url_of(self, database: str) -> str:
        """DATABASE_URL for the named database of this cluster."""
        return f"postgres://{USER}@/{database}?host={self.state.sockets}"

    @property
    def url(self) -> str:
        return self.url_of(DATABASE)

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    @property
    def process(self) -> ManagedProcess:
        """The server process, made on first use (the programs must be installed by then)."""
        if self._process is None:
            settings = [
                "listen_addresses=",
                f"unix_socket_directories={self.state.sockets}",
                "unix_socket_permissions=0700",
                "port=5432",
                f"max_connections={self.max_connections}",
                "timezone=UTC",
                "log_timezone=UTC",
                # PostGIS functions are costed so high that short queries would be compiled first.
                "jit=off",
                "max_locks_per_transaction=1024",  # the walk of all routes is one transaction
                *NO_VALUES,
                *(() if self.durable else NOT_DURABLE),
            ]
            self._process = ManagedProcess(
                "PostgreSQL",
                [
                    self.programs().program("postgres"),
                    "-D",
                    self.data,
                    *(p for s in settings for p in ("-c", s)),
                ],
                log=self.state.log("postgres"),
                cwd=Path("/"),
                run_as=self.state.run_as,
                is_ready=self.is_ready,
                stop_signal=signal.SIGINT,  # "fast": end the sessions, write everything, leave
            )
        return self._process

    # --- life

    def create(self) -> bool:
        """Make the cluster when there is none; True when it is new. A half-made one goes: it is empty."""
        if (self.data / "PG_VERSION").exists():
            self.programs()
            return False
        if self.data.exists():
            raise StackError(
                f"{self.data} is no complete PostgreSQL cluster. Move it away or delete it, and start again."
            )
        half = self.state.root / "postgres.half"
        shutil.rmtree(half, ignore_errors=True)
        self._run(
            "initdb", "-D", half, "-U", USER, "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8",
            *(() if self.durable else ("--no-sync",)),
            writes=half,
        )  # fmt: skip
        half.rename(self.data)
        return True

    def start(self) -> Self:
        """Start the server, also after a crash, and see to it that our database is there."""
        self._end_leftover()
        try:
            self.process.start()
        except StackError as error:
            raise StackError(
                f"{error}\nIf its data is beyond repair, delete {self.data} to begin anew (the data is lost)."
            ) from error
        if not self.query("SELECT 1 FROM pg_database WHERE datname = " + f"'{DATABASE}'", "postgres"):
            self.query(f"CREATE DATABASE {DATABASE}", "postgres")
        return self

    def stop(self) -> None:
        """End all sessions and stop in order."""
        if self._process:
            self._process.stop()

    def kill9(self) -> None:
        """Kill the postmaster and all its backends at once, as a power cut would."""
        if self._process and (pid := self._process.pid) and self._process.is_running:
            # Each backend leads a session of its own, so that the group's signal would miss it.
            backends = children_of(pid)
            self._process.signal_group(signal.SIGKILL)
            end_and_wait(backends, signal.SIGKILL)
            self._process.kill9()

    def restart(self) -> None:
        """Stop in order and start again."""
        self.stop()
        self.start()

    def is_ready(self) -> bool:
        """Whether it answers queries."""
        where = ("-h", str(self.state.sockets), "-d", "postgres")
        command = [self.programs().program("pg_isready"), "-q", *where]
        return subprocess.run(command, cwd="/", **popen_arguments(self.state.run_as)).returncode == 0

    def query(self, sql: str, database: str = DATABASE) -> str:
        """The answer of psql, unadorned."""
        where = ("-h", self.state.sockets, "-U", USER, "-d", database)
        return self._run("psql", *where, "-XAtq", "-v", "ON_ERROR_STOP=1", "-c", sql).strip()

    def __enter__(self) -> Self:
        self.create()
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    # --- inside

    def programs(self) -> PostgresPrograms:
        """The programs that fit the data: the cluster's own version, or the newest for a new cluster."""
        versions = {programs.version: programs for programs in installed_postgres()}
        if not versions:
            raise StackError("PostgreSQL with PostGIS is not installed.")
        try:
            wanted = (self.data / "PG_VERSION").read_text().strip()
        except OSError:
            return next(iter(versions.values()))
        if wanted not in versions:
            raise StackError(
                f"{self.data} is of PostgreSQL {wanted or '?'}; this machine has {', '.join(versions)}. "
                f"Install postgresql-{wanted} and postgresql-{wanted}-postgis-3, or delete {self.data} "
                f"to begin anew (its data is lost)."
            )
        return versions[wanted]

    def _run(self, program: str, *arguments: str | Path, writes: Path | None = None) -> str:
        command = [self.programs().program(program), *map(str, arguments)]
        if writes and self.state.run_as:
            writes.mkdir(mode=0o700)
            self.state.run_as.own(writes)
        done: subprocess.CompletedProcess[str] = subprocess.run(
            command,
            capture_output=True,
            text=True,
            cwd="/",
            env=without_postgres_variables() | {"LC_ALL": "C.UTF-8"},
            **popen_arguments(self.state.run_as),
        )
        if done.returncode != 0:
            if writes:
                shutil.rmtree(writes, ignore_errors=True)
            if "No space left on device" in done.stderr:
                raise StackError(f"The disk of {self.state.root} is full. Make room and start again.")
            raise StackError(f"{program} failed:\n{done.stderr.strip() or done.stdout.strip()}")
        return done.stdout

    def _end_leftover(self) -> None:
        """Stop a server that a killed run left on this very data; drop the note of one that is gone."""
        note = self.data / "postmaster.pid"
        with suppress(OSError, ValueError, IndexError):
            pid = int(note.read_text().splitlines()[0])
            if is_postgres_of(pid, self.data):
                end_and_wait([pid], signal.SIGINT)
            else:
                # The number has been given to another process; PostgreSQL would take that one for its own.
                note.unlink()
