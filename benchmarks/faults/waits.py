"""How long does a message take: by hints, by the relay alone, with everything twice, and after a kill?

Each part works for a stretch of time, with nobody killed (but for the last), and adds what it has seen.
"""

import time
from collections.abc import Callable
from typing import Any

from stack.servers import Servers

from benchmarks.faults.kills import findings, next_request, office, waits
from benchmarks.faults.people import CASES
from tests.faults.mail_server import Moment
from tests.faults.product import Product

AS_SHIPPED = {"TICK_SECONDS": "15", "DELIVERY_LEASE_SECONDS": "60", "DELIVERY_RETRY_BASE_SECONDS": "30"}
NO_BROKER = "redis+socket:///nowhere/redis.sock"


def by_hints(servers: Servers, number: int, seconds: float) -> dict[str, Any]:
    """The product as it is shipped: one worker, one beat; one request after the other."""

    def start(product: Product) -> None:
        product.start(product.worker(), product.beat())

    return _stretch(servers, number, seconds, start, **AS_SHIPPED)


def by_the_relay_alone(servers: Servers, number: int, seconds: float) -> dict[str, Any]:
    """No broker, the whole time."""

    def start(product: Product) -> None:
        product.start(product.relay())

    return _stretch(servers, number, seconds, start, **AS_SHIPPED, BROKER_URL=NO_BROKER)


def by_several(servers: Servers, number: int, seconds: float) -> dict[str, Any]:
    """Two workers, two relays and two beats at once."""

    def start(product: Product) -> None:
        workers = [product.worker("worker1"), product.worker("worker2")]
        product.start(
            *workers, product.relay(), product.relay(), product.beat("beat1"), product.beat("beat2")
        )

    return _stretch(servers, number, seconds, start, **{**AS_SHIPPED, "TICK_SECONDS": "0.5"})


def after_a_kill(servers: Servers, number: int) -> dict[str, Any]:
    """The lease as it is shipped: how long the message waits over which the worker died."""
    with office(servers, number, **AS_SHIPPED) as product:
        worker = product.worker()
        product.start(worker, product.beat())
        hold = product.mail.hold(after=3, moment=Moment.BEFORE_TAKING)
        next_request(product)
        product.wait_until(lambda: hold.reached, "a message is being handed over")
        worker.kill9()
        killed_at = time.monotonic()
        product.wait_until(lambda: product.mail.count(hold.message_id) > 0, "it comes all the same")
        waited = time.monotonic() - killed_at
        product.wait_until_all_is_told()
        return {
            "kills": 1,
            "waits": [round(waited, 2)],
            "longest_wait": waited,
            "lost": findings(product)["lost"],
        }


def _stretch(
    servers: Servers, number: int, seconds: float, start: Callable[[Product], None], **settings: str
) -> dict[str, Any]:
    with office(servers, number, **settings) as product:
        start(product)
        began, stories = time.monotonic(), 0
        while time.monotonic() - began < seconds and stories < CASES:
            next_request(product)
            stories += 1
            product.wait_until_all_is_told()
        found = findings(product)
        took = sorted(waits(product))
    kept = ("mails", "lost", "made_up", "doubles", "commissions", "double_commissions", "longest_wait")
    return {
        "seconds": time.monotonic() - began,
        "waits": [round(wait, 2) for wait in took],
        **{name: found[name] for name in kept},
    }


def quantile(sorted_waits: list[float], share: float) -> float:
    """The wait that this share of messages does not exceed; not a number where there is none."""
    if not sorted_waits:
        return float("nan")
    return sorted_waits[min(len(sorted_waits) - 1, int(share * len(sorted_waits)))]
