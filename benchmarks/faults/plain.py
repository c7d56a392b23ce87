"""Can the bench see a loss? The usual way, tasks without rows, killed like the rest: here messages must be lost."""

import random
import time
from typing import Any

from stack.servers import Servers

from benchmarks.faults.kills import office
from tests.faults.histories import Promise, Row, compare
from tests.faults.mail_server import Moment
from tests.faults.plain_celery import app
from tests.faults.product import Product

MESSAGES_EACH = 20


def round_of_plain_celery(servers: Servers, number: int, kills: int) -> dict[str, Any]:
    """So many kills of a worker with Celery's own settings; its messages are compared like ours."""
    draw = random.Random(number)
    rows: list[Row] = []
    began = time.monotonic()
    with office(servers, number) as product:
        worker, mail = product.worker(app="tests.faults.plain_celery"), product.mail
        product.start(worker)
        for count in range(kills):
            first, *others = [_row(count, place) for place in range(MESSAGES_EACH)]
            rows += [first, *others]
            hold = mail.hold(after=len(mail.accepted), moment=draw.choice(list(Moment)))
            _send(product, [first])
            product.wait_until(lambda hold=hold: hold.reached, "a message is being handed over")
            worker.kill9()
            product.wait_until(lambda hold=hold: hold.sender_is_gone, "its sender is dead")
            # Queued afterwards: none of them waits in the dead worker's hands, to be given out again in an hour.
            _send(product, others)
            names = {row.message_id for row in others}
            product.wait_until(
                lambda names=names: names <= {one.message_id for one in mail.accepted}, "the rest arrives"
            )
        found = compare([row.promise for row in rows], rows, mail.accepted)
    return {
        "kills": kills,
        "mails": len(rows),
        "lost": len(found.lost),
        "doubles": sum(found.doubled.values()) - len(found.doubled),
        "seconds": time.monotonic() - began,
    }


def _row(count: int, place: int) -> Row:
    name = f"{count}-{place}"
    return Row(f"<{name}@localhost>", Promise("plain", name, f"{name}@example.org"), "SENT")


def _send(product: Product, rows: list[Row]) -> None:
    with app.connection_for_write(product.environment["BROKER_URL"]) as connection:
        for row in rows:
            app.send_task(
                "plain.send",
                [row.message_id, row.promise.recipient],
                connection=connection,
                ignore_result=True,
            )
