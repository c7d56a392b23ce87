"""Do thousands of messages come to their end through a mail server that is busy, silent, dripping and refusing?

Several senders at once, and a poisoned message for each of them at the head of the line. Goes on where it stopped: each
round draws other troubles, the sums stand in the tally.
"""

import logging
from datetime import datetime
from functools import partial

from django.test.utils import override_settings

from benchmarks import budget
from benchmarks.database import scratch_database
from benchmarks.privacy import town
from benchmarks.quiet import logged_above
from benchmarks.rows import Row
from benchmarks.tally import Tally
from notifications import outbox
from notifications.models import Delivery
from notifications.states import DeliveryStatus
from tests.conftest import Cast
from tests.faults import mail_trouble
from tests.faults.troubled_server import Fate, troubled
from tests.threads import at_once

MAILS, QUICK_MAILS = 20_000, 500
AT_ONCE, SENDERS = 1_000, 8
SILENCE_SECONDS = 1.0  # the product waits 20; the answer of a machine that is busy must not look like none
SECTION = "mails"


def run(quick: bool) -> list[Row]:
    """Rounds of a thousand until all mails have gone through it."""
    tally, wanted = Tally(None if quick else "trouble"), QUICK_MAILS if quick else MAILS
    with scratch_database(), logged_above(logging.ERROR):  # each failure would leave a line
        cast = town()
        while tally.get(SECTION, "n") < wanted and not budget.used_up():
            number, seed = min(AT_ONCE, wanted), tally.get(SECTION, "rounds") + 1
            try:
                found = _round(cast, number, seed=seed)
            except Exception as error:  # whatever it is: a finding, counted like the rest
                broken = f"seed {seed}: {type(error).__name__}: {error}"[:3000]
                found = {"disagreements": [broken]}
                Delivery.objects.filter(status__in=(DeliveryStatus.DUE, DeliveryStatus.SENDING)).delete()
            tally.add(SECTION, rounds=1, n=number, **found)
            print(f"  {tally.get(SECTION, 'n'):,} mails", flush=True)
    return _rows(tally, wanted)


def _round(cast: Cast, number: int, *, seed: int) -> dict[str, int | list[str]]:
    event = mail_trouble.due_mails(cast, number)
    poisons = [mail_trouble.a_poisoned_mail(event, reader) for reader in mail_trouble.some_readers(SENDERS)]
    late = mail_trouble.mail_settings(SILENCE_SECONDS)
    with (
        troubled(**mail_trouble.TROUBLE, seed=seed) as server,
        override_settings(**late, EMAIL_PORT=server.port),
    ):
        _by_several(event.happened_at)
        held_up = abs(number - len(server.attempts))
        mail_trouble.send_until_all_is_final(_by_several)
        refused = server.having(Fate.REFUSED)
        return {
            "held_up": held_up,
            "disagreements": list(mail_trouble.disagreements(server, poisons, number)),
            "refused": len(refused),
            "given_up": len(mail_trouble.hopeless(server)),
            "asked_again": sum(server.attempts[name] > 1 for name in refused),
            "attempts": server.attempts.total(),
            "doubles": server.taken.total() - len(server.taken),
            **{fate.name.lower() + "_met": len(server.having(fate)) for fate in Fate},
        }


def _by_several(now: datetime) -> None:
    answers = at_once(*[partial(outbox.send_due, now=now)] * SENDERS)
    assert all(isinstance(answer, int) for answer in answers), answers


def _rows(tally: Tally, wanted: int) -> list[Row]:
    def sum_of(field: str) -> int:
        return int(tally.get(SECTION, field))

    n, wrong = sum_of("n"), len(tally.get(SECTION, "disagreements", []))
    rarest = min(sum_of(fate.name.lower() + "_met") for fate in Fate)
    met = "; ".join(
        f"{fate} {sum_of(fate.name.lower() + '_met'):,}" for fate in Fate if fate is not Fate.TAKEN
    )
    return [
        Row("F8-mails", f"bad mail server: messages (those who met {met})", n, wanted, True),
        Row("F8-rarest", "the rarest fate came up so often", rarest, 1, True),
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
