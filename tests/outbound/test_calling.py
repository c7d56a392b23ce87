"""Does a call reach only the machine that was checked, and end within its time and size?"""

import gzip
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from outbound.addresses import OUTSIDE, Reach
from outbound.calling import call, tls
from outbound.errors import CallFailed, Packed, Refused, TooLarge, TooSlow, Unreachable

HERE = Reach.with_inside(["127.0.0.1"])
Say = Callable[[BaseHTTPRequestHandler], None]


class Inside(ThreadingHTTPServer):
    """A machine of our network: answers what it is told to, and remembers who asked."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.asked: list[str] = []
        self.say: Say = plain(b"secret")
        self.over = threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    server: Inside

    def do_GET(self) -> None:
        self.server.asked.append(f"{self.headers['Host']}{self.path}")
        try:
            self.server.say(self)
        except OSError:  # the caller has hung up, as it should
            self.close_connection = True

    def log_message(self, *args: Any) -> None:
        """Quiet."""


def plain(body: bytes, status: int = 200, **headers: str) -> Say:
    def say(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        for name, value in {"Content_Length": str(len(body)), **headers}.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(body)

    return say


def dripping(text: bytes) -> Say:
    """A byte now and then: no single read is slow, the whole is."""

    def say(handler: BaseHTTPRequestHandler) -> None:
        for byte in text:
            handler.wfile.write(bytes([byte]))
            handler.wfile.flush()
            if handler.server.over.wait(0.05):  # type: ignore[attr-defined]
                return

    return say


@pytest.fixture(scope="module")
def machine() -> Iterator[Inside]:
    server = Inside()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield server
    server.over.set()
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def inside(machine: Inside) -> Inside:
    machine.asked.clear()
    machine.say = plain(b"secret")
    return machine


def ask(url: str, reach: Reach = OUTSIDE, *, timeout_seconds: float = 2.0, max_bytes: int = 1000) -> bytes:
    return call("GET", url, reach=reach, timeout_seconds=timeout_seconds, max_bytes=max_bytes).body


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[list[str]]]:
    """What the resolver says of a name, one list of addresses after the other; the last one again and again."""
    known: dict[str, list[list[str]]] = {}
    real = socket.getaddrinfo

    def look_up(host: Any, port: Any, *args: Any, **kwargs: Any) -> list[Any]:
        if host not in known:
            return real(host, port, *args, **kwargs)
        answers = known[host]
        addresses = answers.pop(0) if len(answers) > 1 else answers[0]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in addresses]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    return known


def test_a_named_machine_inside_answers(inside: Inside) -> None:
    assert ask(f"{inside.url}/a?b=c", HERE) == b"secret"
    assert inside.asked == [f"127.0.0.1:{inside.server_port}/a?b=c"]


@pytest.mark.parametrize("address", ["127.0.0.1", "10.0.0.7", "169.254.169.254", "::1", "::ffff:127.0.0.1"])
def test_a_public_name_that_leads_inside_is_refused(inside, names, address) -> None:
    names["maps.example"] = [[address]]
    with pytest.raises(Refused):
        ask(f"http://maps.example:{inside.server_port}/")
    assert inside.asked == []


def test_one_inside_address_among_public_ones_is_refused(inside, names) -> None:
    names["maps.example"] = [["93.184.216.34", "127.0.0.1"]]
    with pytest.raises(Refused):
        ask(f"http://maps.example:{inside.server_port}/")
    assert inside.asked == []


def test_a_name_that_moves_inside_after_the_check_gains_nothing(inside, names, monkeypatch) -> None:
    """DNS rebinding: the second look-up would lead inside, and there is none."""
    names["maps.example"] = [["93.184.216.34"], ["127.0.0.1"]]
    spoken_to: list[Any] = []

    def connect(address: Any, *args: Any, **kwargs: Any) -> socket.socket:
        spoken_to.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "create_connection", connect)
    with pytest.raises(Unreachable):
        ask(f"http://maps.example:{inside.server_port}/")
    assert spoken_to == [("93.184.216.34", inside.server_port)]
    assert inside.asked == []


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_not_followed(inside: Inside, status: int) -> None:
    inside.say = plain(b"", status, Location=f"{inside.url}/elsewhere")
    assert ask(f"{inside.url}/", HERE) == b""
    assert len(inside.asked) == 1


def test_proxies_of_the_environment_are_not_used(inside, monkeypatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    assert ask(f"{inside.url}/", HERE) == b"secret"


def test_a_large_answer_is_not_read_to_its_end(inside: Inside) -> None:
    inside.say = plain(b"a" * 1001)
    with pytest.raises(TooLarge):
        ask(inside.url, HERE)


def test_a_packed_answer_is_not_unpacked(inside: Inside) -> None:
    inside.say = plain(gzip.compress(b" " * 100_000), Content_Encoding="gzip")
    with pytest.raises(Packed):
        ask(inside.url, HERE)


@pytest.mark.parametrize(
    "text",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n" + b"a" * 500,
        b"HTTP/1.1 200 OK\r\n" + b"X-Filler: a\r\n" * 50,
        b"HTTP/1.1 100 Continue\r\n\r\n" * 30,
    ],
    ids=["body", "headers", "never ready"],
)
def test_a_machine_that_drips_is_left(inside: Inside, text: bytes) -> None:
    inside.say = dripping(text)
    started = time.monotonic()
    with pytest.raises(TooSlow):
        ask(inside.url, HERE, timeout_seconds=0.2)
    assert time.monotonic() - started < 5


@pytest.mark.parametrize(
    "text",
    [b"", b"\x00\xff", b"SSH-2.0-OpenSSH\r\n", b"HTTP/9.9 x\r\n\r\n", b"HTTP/1.1 200 OK\r\n: \x00\r\n\r\n"],
)
def test_a_machine_that_speaks_something_else_is_unreachable(inside: Inside, text: bytes) -> None:
    def say(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(text)
        handler.close_connection = True

    inside.say = say
    with pytest.raises(Unreachable):
        ask(inside.url, HERE)


def test_a_resolver_that_hangs_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    over = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **kwargs: over.wait(20) and [])
    with pytest.raises(TooSlow):
        ask("http://maps.example/", timeout_seconds=0.1)
    over.set()


def test_no_failure_names_the_address(inside: Inside, names: dict[str, list[list[str]]]) -> None:
    names["maps.example"] = [["10.0.0.7"]]
    for url in (
        "http://maps.example/Natruper?q=1",
        "http://user@Natruper/",
        "http://127.0.0.1:1/Natruper",
        "http://x",
    ):
        with pytest.raises(CallFailed) as caught:
            ask(url, HERE)
        assert "Natruper" not in str(caught.value)
        assert "10.0.0.7" not in str(caught.value)
        assert "maps" not in str(caught.value)


def test_certificates_are_checked() -> None:
    assert tls().verify_mode is ssl.CERT_REQUIRED
    assert tls().check_hostname
    assert tls().minimum_version >= ssl.TLSVersion.TLSv1_2
