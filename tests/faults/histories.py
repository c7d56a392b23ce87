"""Do the three histories agree: what people were promised, what the rows say, what the mail server took over?"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from tests.faults.mail_server import Accepted


@dataclass(frozen=True)
class Promise:
    """A command was answered with yes, so this person must hear of that subject."""

    template: str
    subject_id: str
    recipient: str


@dataclass(frozen=True)
class Row:
    """A delivery as it stands in the database; `later` if it is due on another day."""

    message_id: str
    promise: Promise
    status: str
    later: bool = False
    crashes: int = 0


@dataclass(frozen=True)
class Comparison:
    """What does not agree, and what came twice. Doubles under one Message-ID are the price of never losing."""

    unrecorded: list[Promise]  # promised, and no row knows of it
    unpromised: list[Row]  # a row that nobody asked for, as after a command that took effect twice
    unfinished: list[Row]  # due, and neither sent nor dropped
    lost: list[Row]  # marked as sent, and the mail server never saw it
    strange: list[Accepted]  # accepted under a Message-ID or for a recipient that no row has
    doubled: dict[str, int]  # Message-ID -> how often it was accepted, if more than once

    @property
    def disagreements(self) -> dict[str, object]:
        """All but the doubles; empty when no message was lost or made up."""
        found = {name: value for name, value in vars(self).items() if name != "doubled"}
        return {name: value for name, value in found.items() if value}


def compare(promises: Iterable[Promise], rows: Iterable[Row], accepted: Iterable[Accepted]) -> Comparison:
    """Hold the three against each other; every row counts once, and so does every promise."""
    rows, accepted = list(rows), list(accepted)
    promised, recorded = Counter(promises), Counter(row.promise for row in rows)
    recipient_of = {row.message_id: row.promise.recipient for row in rows}
    times = Counter(one.message_id for one in accepted)
    surplus = recorded - promised
    return Comparison(
        unrecorded=list((promised - recorded).elements()),
        unpromised=[row for row in rows if row.promise in surplus],
        unfinished=[row for row in rows if row.status not in {"SENT", "DROPPED"} and not row.later],
        lost=[row for row in rows if row.status == "SENT" and not times[row.message_id]],
        strange=[one for one in accepted if recipient_of.get(one.message_id) != one.recipient],
        doubled={message_id: number for message_id, number in times.items() if number > 1},
    )
