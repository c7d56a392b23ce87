"""Asked to stop in mid-send, does each process end what it sends, take nothing more, and leave at once?"""

import http.client
import socket
import sys
from contextlib import ExitStack, closing, suppress

import pytest
from stack import ManagedProcess
from stack.ports import any_free_port

from tests.faults.conftest import NewProduct
from tests.faults.mail_server import Hold, Moment
from tests.faults.product import Product
from tests.faults.town import ROOT

pytestmark = [pytest.mark.processes, pytest.mark.xdist_group("faults")]

GRACE_SECONDS = 30  # compose.yaml gives 45, then kills
# Nobody dies here, so that no lease may run out, however slow the machine is.
LONG_LEASE = {"DELIVERY_LEASE_SECONDS": "60"}


def test_worker_beat_and_relay_end_what_they_send(new_product: NewProduct) -> None:
    product = new_product(**LONG_LEASE)
    worker, beat = product.worker(), product.beat()
    product.start(worker, beat)
    first = asked_in_mid_send(product, worker)
    asked_to_stop(product, beat)
    assert_it_ended_what_it_sent(product, worker, first)
    assert ended(product, beat) == 0

    relay = product.relay()
    product.start(relay)
    second = asked_in_mid_send(product, relay)
    assert_it_ended_what_it_sent(product, relay, second)


def asked_in_mid_send(product: Product, sender: ManagedProcess) -> Hold:
    """Among several messages one is being handed over when the sender is asked to stop."""
    hold = product.mail.hold(after=len(product.mail.accepted), moment=Moment.AFTER_TAKING)
    product.order(ask=4)
    product.wait_until(lambda: hold.reached, "a message is being handed over")
    product.wait_until(lambda: product.town.is_idle, "all requests are in")
    asked_to_stop(product, sender)
    return hold


def asked_to_stop(product: Product, process: ManagedProcess) -> None:
    product.processes.remove(process)  # nobody starts it again
    process.request_stop()


def assert_it_ended_what_it_sent(product: Product, sender: ManagedProcess, hold: Hold) -> None:
    product.wait_until(lambda: was_heard(sender), "the signal has arrived")
    product.mail.let_go(hold)
    assert ended(product, sender) == 0
    row = product.row(hold.message_id)
    assert (row.status, row.crashes) == ("SENT", 0)
    assert product.mail.count(hold.message_id) == 1
    statuses = [row.status for row in product.rows()]
    assert "SENDING" not in statuses, "nothing is left in a dead process's hands"


def was_heard(sender: ManagedProcess) -> bool:
    """Celery says so; the relay looks at its flag after the message, and need not have been heard before."""
    return "Warm shutdown" in sender.output() or sender.name == "relay"


def ended(product: Product, process: ManagedProcess) -> int | None:
    product.wait_until(lambda: process.exit_code is not None, f"{process.name} leaves", seconds=GRACE_SECONDS)
    return process.exit_code


def test_web_answers_whoever_has_asked(new_product: NewProduct) -> None:
    """A slow client is in the middle of its request; it gets its answer, and no newcomer is let in."""
    product, port = new_product(), any_free_port()
    web = ManagedProcess(
        "web",
        [sys.executable, "-m", "gunicorn", "backend.wsgi", "--config", "python:backend.serving",
         "--bind", f"127.0.0.1:{port}", "--workers", "1"],
        log=product.servers.state.log("graceful-web"),
        env=product.environment | {"PLAIN_STATIC": "1"},
        cwd=ROOT,
        is_ready=lambda: answers(port),
        ready_seconds=120,
    )  # fmt: skip
    with web, ExitStack() as slow:
        client = slow.enter_context(
            closing(http.client.HTTPConnection("127.0.0.1", port, timeout=GRACE_SECONDS))
        )
        client.putrequest("POST", "/konto/anmelden/", skip_host=True)
        for name, value in (("Host", "localhost"), ("Content-Length", "12"), ("Expect", "100-continue")):
            client.putheader(name, value)
        client.endheaders()
        # Once it says "continue" it has taken the request; before, it would only wait at the door.
        assert client.sock and client.sock.recv(1, socket.MSG_PEEK)
        client.send(b"email=")
        web.request_stop()
        product.wait_until(lambda: not accepts(port), "no newcomer is let in")
        client.send(b"a@b.de")
        answer = client.getresponse()
        assert answer.status == 403, "without the form's token: an answer all the same"
        answer.read()
        product.wait_until(lambda: web.exit_code is not None, "web leaves", seconds=GRACE_SECONDS)
        assert web.exit_code == 0


def answers(port: int) -> bool:
    client = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    with closing(client), suppress(OSError, http.client.HTTPException):
        client.request("GET", "/healthz/live", headers={"Host": "localhost"})
        return client.getresponse().status == 200
    return False


def accepts(port: int) -> bool:
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=2):
        return True
    return False
