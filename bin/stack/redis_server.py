"""How does a private Redis begin, run, stop and die?"""

import signal
import socket
from pathlib import Path
from typing import Self

from stack.errors import StackError
from stack.paths import StateFolder
from stack.process import ManagedProcess
from stack.programs import redis_program


class RedisServer:
    """A Redis (or Valkey) on a unix socket alone, that keeps what it was told."""

    def __init__(self, state: StateFolder) -> None:
        self.state = state
        self._process: ManagedProcess | None = None

    @property
    def socket(self) -> Path:
        return self.state.sockets / "redis.sock"

    def url_of(self, number: int) -> str:
        """REDIS_URL of the numbered database."""
        return f"unix://{self.socket}?db={number}"

    def broker_url_of(self, number: int) -> str:
        """BROKER_URL, in Celery's spelling, of the numbered database."""
        return f"redis+socket://{self.socket}?virtual_host={number}"

    @property
    def url(self) -> str:
        return self.url_of(0)

    @property
    def broker_url(self) -> str:
        return self.broker_url_of(0)

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    @property
    def process(self) -> ManagedProcess:
        """The server process, made on first use (the program must be installed by then)."""
        if self._process is None:
            program = redis_program()
            if program is None:
                raise StackError("Redis is not installed.")
            options = {
                "port": "0",
                "unixsocket": str(self.socket),
                "unixsocketperm": "700",
                "dir": str(self.state.folder("redis")),
                "appendonly": "yes",
                "save": "",
                "maxmemory-policy": "noeviction",
                "daemonize": "no",
            }
            self._process = ManagedProcess(
                "Redis",
                [program, *(part for name, value in options.items() for part in (f"--{name}", value))],
                log=self.state.log("redis"),
                run_as=self.state.run_as,
                is_ready=self.is_ready,
                ready_seconds=30,
            )
        return self._process

    def start(self) -> Self:
        """Start it, also after a crash, and wait until it answers."""
        try:
            self.process.start()
        except StackError as error:
            raise StackError(
                f"{error}\nIf its data is damaged, delete {self.state.root / 'redis'}: it holds nothing "
                f"that the database does not know."
            ) from error
        return self

    def stop(self) -> None:
        """Stop in order."""
        if self._process:
            self._process.stop()

    def kill9(self) -> None:
        """Kill it at once, as a power cut would."""
        if self._process:
            self._process.kill9()

    def restart(self) -> None:
        """Stop in order and start again."""
        self.stop()
        self.start()

    def pause(self) -> None:
        """Freeze it: connections stay open and nobody answers."""
        self.process.signal_group(signal.SIGSTOP)

    def resume(self) -> None:
        """Let a frozen one go on."""
        self.process.signal_group(signal.SIGCONT)

    def is_ready(self) -> bool:
        """Whether it answers PING; not while it still loads its data."""
        with socket.socket(socket.AF_UNIX) as client:
            client.settimeout(2)
            try:
                client.connect(str(self.socket))
                client.sendall(b"PING\r\n")
                return client.recv(64).startswith(b"+PONG")
            except OSError:
                return False

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()
