"""A mail server as bad as they come: busy, silent, dripping, refusing; what it does is drawn beforehand."""

import random
import re
import socketserver
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum

MESSAGE_ID = re.compile(rb"^Message-ID: <([^@>]+)@", re.IGNORECASE | re.MULTILINE)


class Fate(StrEnum):
    TAKEN = "taken"
    BUSY = "451"
    REFUSED = "550"
    SILENT = "silent"  # no answer at all
    DRIPPING = "dripping"  # a byte now and then, for ever


@dataclass
class TroubledServer:
    """`busy`, `silent` and `dripping` are chances of each attempt, `refused` that of a message, for all its attempts.

    A fate hangs on the message's number, in the order of arrival, and on the attempt: the same in every run.
    """

    busy: float = 0.0
    silent: float = 0.0
    dripping: float = 0.0
    refused: float = 0.0
    seed: int = 8
    port: int = 0
    is_over: threading.Event = field(default_factory=threading.Event)
    numbers: dict[str, int] = field(default_factory=dict)
    attempts: Counter[str] = field(default_factory=Counter)
    fates: dict[str, list[Fate]] = field(default_factory=dict)

    @property
    def taken(self) -> Counter[str]:
        """How often each message was taken over."""
        return Counter(
            {name: fates.count(Fate.TAKEN) for name, fates in self.fates.items() if Fate.TAKEN in fates}
        )

    def having(self, fate: Fate) -> set[str]:
        return {name for name, fates in self.fates.items() if fate in fates}

    def draw(self, name: str) -> Fate:
        number = self.numbers.setdefault(name, len(self.numbers))
        self.attempts[name] += 1
        fate = self._fate(number, self.attempts[name])
        self.fates.setdefault(name, []).append(fate)
        return fate

    def _fate(self, number: int, attempt: int) -> Fate:
        if random.Random(f"{self.seed}-{number}").random() < self.refused:
            return Fate.REFUSED
        drawn = random.Random(f"{self.seed}-{number}-{attempt}").random()
        for fate, chance in (
            (Fate.BUSY, self.busy),
            (Fate.SILENT, self.silent),
            (Fate.DRIPPING, self.dripping),
        ):
            if drawn < chance:
                return fate
            drawn -= chance
        return Fate.TAKEN


class Session(socketserver.StreamRequestHandler):
    """As much SMTP as one message needs; there is no STARTTLS."""

    server_state: TroubledServer

    def handle(self) -> None:
        self.say("220 here")
        while line := self.rfile.readline():
            match line[:4].upper().strip():
                case b"EHLO" | b"HELO":
                    self.say("250 here")
                case b"DATA":
                    self.say("354 go on")
                    if not self.take(self.message()):
                        return
                case b"QUIT":
                    self.say("221 bye")
                    return
                case _:
                    self.say("250 OK")

    def message(self) -> bytes:
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line)
        return b"".join(lines)

    def take(self, content: bytes) -> bool:
        found = MESSAGE_ID.search(content)
        assert found
        state = self.server_state
        match state.draw(found[1].decode()):
            case Fate.TAKEN:
                self.say("250 taken over")
            case Fate.BUSY:
                self.say("451 come again")
            case Fate.REFUSED:
                self.say("550 no such user")
            case Fate.SILENT:
                self.rfile.readline()  # until the sender has had enough
                return False
            case Fate.DRIPPING:
                self.drip(state)
                return False
        return True

    def drip(self, state: TroubledServer) -> None:
        """Each byte comes in time for a timeout of each read; the line never ends."""
        try:
            while not state.is_over.wait(0.05):
                self.wfile.write(b"2")
        except OSError:
            return  # the sender has hung up

    def say(self, line: str) -> None:
        self.wfile.write(line.encode() + b"\r\n")


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = daemon_threads = True
    request_queue_size = 50

    def handle_error(self, request: object, client_address: object) -> None:
        """A sender that hangs up is what is tested."""


@contextmanager
def troubled(**chances: float) -> Iterator[TroubledServer]:
    state = TroubledServer(**chances)
    with Server(("127.0.0.1", 0), type("Bound", (Session,), {"server_state": state})) as server:
        state.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield state
        finally:
            state.is_over.set()
            server.shutdown()
            thread.join()
