"""How does a name become a connection to a machine that was checked: looked up once, and that very one spoken to?

A name may lead outside when it is checked and inside a moment later (DNS rebinding). So nobody below this module sees
the name again: it is looked up here, each address is checked, and the connection is made to the address.
"""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterable
from typing import Any

import httpcore

from outbound.addresses import Reach, is_outside
from outbound.errors import Refused, TooSlow, Unreachable


class Deadline:
    """One end for everything a call does: looking up, connecting, each read and each write."""

    def __init__(self, seconds: float) -> None:
        self.ends_at = time.monotonic() + seconds

    def left(self) -> float:
        """Seconds left; raises TooSlow when there are none."""
        seconds = self.ends_at - time.monotonic()
        if seconds <= 0:
            raise TooSlow("whole_call")
        return seconds


def checked_addresses(host: str, port: int, *, reach: Reach, deadline: Deadline) -> list[str]:
    """The addresses of a host; raises Refused if only one of them lies inside and the host is not named in `reach`."""
    found = _looked_up(host.strip("[]"), port, deadline)
    if not reach.allows_inside(host, port) and not all(is_outside(address) for address in found):
        raise Refused("inside")
    return found


def connected(host: str, port: int, *, reach: Reach, deadline: Deadline) -> socket.socket:
    """A socket to the first checked address that answers."""
    failed = Unreachable("no_address")
    for address in checked_addresses(host, port, reach=reach, deadline=deadline):
        try:
            return socket.create_connection((address, port), timeout=deadline.left())
        except TimeoutError:
            raise TooSlow("connect") from None
        except OSError as error:
            failed = Unreachable(type(error).__name__)
    raise failed


def _looked_up(host: str, port: int, deadline: Deadline) -> list[str]:
    """What the resolver says, in its order. In a thread, because it knows no time limit."""
    found: list[str] = []
    errors: list[OSError | UnicodeError] = []

    def look_up() -> None:
        try:
            rows = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            found.extend(dict.fromkeys(str(row[4][0]) for row in rows))
        except (OSError, UnicodeError) as error:
            errors.append(error)

    thread = threading.Thread(target=look_up, daemon=True)
    thread.start()
    thread.join(deadline.left())
    if thread.is_alive():
        raise TooSlow("name")
    if errors or not found:
        raise Unreachable("name")
    return found


class CheckedNetwork(httpcore.NetworkBackend):
    """What httpcore connects with. TLS still checks the certificate against the name in the URL."""

    def __init__(self, reach: Reach, deadline: Deadline) -> None:
        self._reach, self._deadline = reach, deadline
        self._plain = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect to a checked address of the host."""
        failed: Exception = Unreachable("no_address")
        for address in checked_addresses(host, port, reach=self._reach, deadline=self._deadline):
            try:
                stream = self._plain.connect_tcp(address, port, self._deadline.left(), local_address)
            except httpcore.ConnectError as error:
                failed = error
            else:
                return _Timed(stream, self._deadline)
        raise failed

    def connect_unix_socket(self, *args: Any, **kwargs: Any) -> httpcore.NetworkStream:
        """Never: what listens on a file is a machine inside."""
        raise Refused("inside")


class _Timed(httpcore.NetworkStream):
    """A stream whose reads and writes share one deadline, so that a server that drips bytes gains no time."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: Deadline) -> None:
        self._stream, self._deadline = stream, deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._deadline.left())

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._deadline.left())

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: Any, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        secured = self._stream.start_tls(ssl_context, server_hostname, self._deadline.left())
        return _Timed(secured, self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)
