"""Is a message lost, or somebody commissioned twice, when worker, relay, Redis or PostgreSQL are killed in mid-send?

Each kill falls upon a request that is being asked for, offered to twenty pilots, accepted and confirmed, while its
messages go out: before the mail server takes a message over, after it has and before it says so, or whenever it comes.
Every third kill of PostgreSQL falls between a commit and its answer, with the confirmation on its way. At the end of a
round all histories are compared.
"""

import random
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from stack import ManagedProcess
from stack.servers import Servers

from benchmarks.faults.people import MESSAGES_EACH, MODULE
from tests.faults.killing import (
    double_commissions,
    dying_before_it_answers,
    events_twice,
    held_up,
    kill,
    kill_postgres,
    kill_sending_processes,
    stop_postgres_at_once,
)
from tests.faults.mail_server import Moment
from tests.faults.product import Product, running_product

MOMENTS = (Moment.BEFORE_TAKING, Moment.AFTER_TAKING, None)
# Requests that wait for their confirmation, so that their offers have long been sent: what nobody needs any more is
# dropped, and not sent.
IN_STOCK, BACKLOG = 2, 5
LATEST = MESSAGES_EACH - 7  # so that the message at which the kill waits is sure to come
WAITS = """
    SELECT d.id, extract(epoch FROM e.happened_at)
    FROM notifications_delivery d JOIN journal_event e ON e.id = d.event_id WHERE d.due_at = e.happened_at
"""

Fault = Callable[[int], None]


@contextmanager
def office(servers: Servers, number: int, **settings: str) -> Iterator[Product]:
    """The product with its office, on a database that goes afterwards."""
    with running_product(servers, number, people=MODULE, **settings) as product:
        product.restarts_at_most = 1000
        yield product
    servers.postgres.query(f'DROP DATABASE "{product.database}" WITH (FORCE)', "postgres")


def round_of(target: str, servers: Servers, number: int, kills: int) -> dict[str, Any]:
    """So many kills of the target, drawn from the round's number; what was found, ready to be added up."""
    draw = random.Random(number)
    lease = "2" if target in {"worker", "relay"} else "5"
    settings = {"TICK_SECONDS": "1", "DELIVERY_LEASE_SECONDS": lease}
    began = time.monotonic()
    with office(servers, number, **settings) as product:
        fault = BEGIN[target](product, draw)
        product.order(begin=IN_STOCK)
        product.wait_until_all_is_told()
        for count in range(kills):
            product.wait_until(
                lambda: product.open_ends() < BACKLOG, "most of the last request's messages are out"
            )
            fault(count)
        product.order(confirm=IN_STOCK)
        product.wait_until_all_is_told()
        return {"kills": kills, "seconds": time.monotonic() - began, **findings(product)}


def next_request(product: Product) -> None:
    """The oldest request is confirmed, and another one is asked for and offered; some forty-five messages."""
    product.order(confirm=1, begin=1)


# --- the faults


def kills_of_worker(product: Product, draw: random.Random) -> Fault:
    """The whole worker and its sending processes alone, in turn."""
    worker = product.worker()
    product.start(worker, product.beat())
    return lambda count: _kill_sender(product, worker, draw, kill_sending_processes if count % 2 else kill)


def kills_of_relay(product: Product, draw: random.Random) -> Fault:
    """The relay that works without any broker."""
    relay = product.relay()
    product.start(relay)
    return lambda count: _kill_sender(product, relay, draw, kill)


def _kill_sender(
    product: Product, sender: ManagedProcess, draw: random.Random, deadly: Callable[[ManagedProcess], None]
) -> None:
    mail, moment = product.mail, draw.choice(MOMENTS)
    after = len(mail.accepted) + draw.randrange(LATEST)
    hold = mail.hold(after=after, moment=moment) if moment else None
    next_request(product)
    if hold is None:
        product.wait_until(lambda: len(mail.accepted) > after, "messages are on their way")
        product.wait_until(lambda: sender.is_running, "the sender runs")
        return deadly(sender)
    product.wait_until(lambda: hold.reached, "a message is being handed over")
    deadly(sender)
    return product.wait_until(lambda: hold.sender_is_gone, "its sender is dead")


def kills_of_redis(product: Product, draw: random.Random) -> Fault:
    """While a task is in flight and people go on."""
    product.start(product.worker(), product.beat())
    redis, mail = product.servers.redis, product.mail

    def fault(count: int) -> None:
        after, moment = len(mail.accepted) + draw.randrange(LATEST), draw.choice(MOMENTS[:2])
        hold = mail.hold(after=after, moment=moment)
        next_request(product)
        product.wait_until(lambda: hold.reached, "a task is in flight")
        redis.kill9()
        mail.let_go(hold)
        time.sleep(draw.random())
        redis.start()

    return fault


def kills_of_postgres(product: Product, draw: random.Random) -> Fault:
    """As by a power cut, by an administrator in a hurry, and between a commit and its answer, in turn."""
    product.start(product.worker(), product.beat())
    postgres, mail = product.servers.postgres, product.mail

    def in_mid_send(end: Callable[[Any], None]) -> None:
        after, moment = len(mail.accepted) + draw.randrange(LATEST), draw.choice(MOMENTS[:2])
        hold = mail.hold(after=after, moment=moment)
        next_request(product)
        product.wait_until(lambda: hold.reached, "a message is being handed over")
        end(postgres)
        mail.let_go(hold)
        time.sleep(draw.random() / 2)
        postgres.start()

    def before_it_answers() -> None:
        with dying_before_it_answers(postgres):
            somebody_is_held_up = held_up(product)
            product.order(confirm=1, begin=1)
            product.wait_until(somebody_is_held_up, "the office waits for an answer")

    faults = (
        lambda: in_mid_send(kill_postgres),
        lambda: in_mid_send(stop_postgres_at_once),
        before_it_answers,
    )
    return lambda count: faults[count % len(faults)]()


BEGIN: dict[str, Callable[[Product, random.Random], Fault]] = {
    "worker": kills_of_worker,
    "relay": kills_of_relay,
    "redis": kills_of_redis,
    "postgres": kills_of_postgres,
}


# --- what was found


def findings(product: Product) -> dict[str, Any]:
    """Numbers of what agrees and what does not, and the waits of all messages in seconds, from before the commit."""
    found = product.comparison()
    times = Counter(accepted.message_id for accepted in product.mail.accepted)
    ((commissioned,),) = product.ask_database("SELECT count(*) FROM dispatch_assignment")
    return {
        "mails": len(times),
        "lost": len(found.lost) + len(found.unrecorded) + len(found.unfinished),
        "made_up": len(found.unpromised) + len(found.strange),
        "doubles": sum(found.doubled.values()) - len(found.doubled),
        "commissions": commissioned,
        "double_commissions": double_commissions(product),
        "events_twice": len(events_twice(product)),
        "disagreements": [f"{name}: {value}" for name, value in found.disagreements.items()],
        "ended_by_itself": sum("was ended by SIGKILL" not in how for how in product.obituaries),
        "longest_wait": max(waits(product), default=0.0),
    }


def waits(product: Product) -> list[float]:
    """How long each message took from just before the commit that caused it until a mail server had it."""
    to_wall_clock = time.time() - time.monotonic()
    first: dict[str, float] = {}
    for accepted in product.mail.accepted:
        first.setdefault(accepted.message_id, accepted.at + to_wall_clock)
    happened = {f"<{pk}@localhost>": float(at) for pk, at in product.ask_database(WAITS)}
    return [first[message_id] - at for message_id, at in happened.items() if message_id in first]
