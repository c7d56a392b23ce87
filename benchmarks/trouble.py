"""Do thousands of messages come to their end through a mail server that is busy, silent, dripping and refusing?

Several senders at once, each round with a poisoned message at the head of the line. Goes on where it stopped: each
round draws other troubles, the sums stand in the tally.
"""

import logging
from datetime import datetime
from functools import partial

from django.test.utils import override_settings

from benchmarks import budget
from benchmarks.database import scratch_database
from benchmarks.privacy import town
from benchmarks.rows import Row
from benchmarks.tally import Tally
from notifications import outbox
from tests.conftest import Cast
from tests.faults.mail_trouble import (
    TROUBLE,
    a_poisoned_mail,
    disagreements,
    due_mails,
    given_up_after_all_attempts,
    send_until_all_is_final,
)
from tests.faults.troubled_server import Fate, troubled
from tests.threads import at_once

MAILS, QUICK_MAILS = 20_000, 500
AT_ONCE, SENDERS = 1_000, 8
SILENCE_SECONDS = 1.0  # the product waits 20; the answer of a machine that is busy must not look like none
SECTION = "mails"


def run(quick: bool) -> list[Row]:
    """Rounds of a thousand until all mails have gone through it."""
    tally, wanted = Tally(None if quick else "trouble"), QUICK_MAILS if quick else MAILS
    logging.disable(logging.ERROR)  # each failure would leave a line
    with scratch_database():
        cast = town()
        while tally.get(SECTION, "n") < wanted and not budget.used_up():
            tally.add(SECTION, **_round(cast, min(AT_ONCE, wanted), seed=tally.get(SECTION, "rounds") + 1))
            print(f"  {tally.get(SECTION, 'n'):,} mails", flush=True)
    return _rows(tally, wanted)


def _round(cast: Cast, number: int, *, seed: int) -> dict[str, int | list[str]]:
    mail_settings = {
        "EMAIL_BACKEND": "notifications.channels.smtp.EmailBackend",
        "EMAIL_HOST": "127.0.0.1",
        "EMAIL_TIMEOUT": SILENCE_SECONDS,
        "EMAIL_WHOLE_SECONDS": 3 * SILENCE_SECONDS,
    }
    poison = a_poisoned_mail(due_mails(cast, number), cast.rita)
    with troubled(**TROUBLE, seed=seed) as server, override_settings(**mail_settings, EMAIL_PORT=server.port):
        _by_several(poison.event.happened_at)
        held_up = number - len(server.attempts)
        send_until_all_is_final(_by_several)
        refused = server.having(Fate.REFUSED)
        return {
            "rounds": 1,
            "n": number,
            "held_up": held_up,
            "disagreements": list(disagreements(server, poison, number)),
            "refused": len(refused),
            "given_up": given_up_after_all_attempts(poison),
            "asked_again": sum(server.attempts[name] > 1 for name in refused),
            "attempts": server.attempts.total(),
            "doubles": server.taken.total() - len(server.taken),
            **{fate.name.lower() + "_met": len(server.having(fate)) for fate in Fate},
        }


def _by_several(now: datetime) -> None:
    at_once(*[partial(outbox.send_due, now=now)] * SENDERS)


def _rows(tally: Tally, wanted: int) -> list[Row]:
    def sum_of(field: str) -> int:
        return int(tally.get(SECTION, field))

    n, wrong = sum_of("n"), len(tally.get(SECTION, "disagreements", []))
    met = "; ".join(
        f"{fate} {sum_of(fate.name.lower() + '_met'):,}" for fate in Fate if fate is not Fate.TAKEN
    )
    return [
        Row("F8-mails", f"bad mail server: messages (those who met {met})", n, wanted, True),
        Row("F8-wrong", "not at their end, or rows and mail server disagree", wrong, 0, n=n),
        Row("F8-again", "asked for again after a final no", sum_of("asked_again"), 0, n=sum_of("refused")),
        Row("F8-held-up", "held up by a poisoned message at the head of the line", sum_of("held_up"), 0, n=n),
        Row("F8-doubles", "taken over twice", sum_of("doubles"), 0, n=n),
        Row(
            "F8-given-up",
            "set aside and shown after ten attempts, none of which came through",
            sum_of("given_up"),
        ),
        Row("F8-attempts", "attempts that it took", sum_of("attempts")),
    ]
