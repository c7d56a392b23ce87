"""As whom can somebody stand before a page or an operation?"""

from enum import StrEnum


class Reader(StrEnum):
    """A role, and for pilots how far the office has gone with them in the case in question."""

    STRANGER = "stranger"
    PILOT = "pilot"
    ASKED = "asked"
    CONFIRMED = "confirmed"
    REQUESTER = "requester"
    HELP_SEEKER = "help_seeker"
    COORDINATOR = "coordinator"
    BORROWER = "borrower"
    ADMIN = "admin"
    AUDITOR = "auditor"


MEANINGS: dict[Reader, str] = {
    Reader.STRANGER: "not signed in",
    Reader.PILOT: "a pilot of the office who was not asked in this case",
    Reader.ASKED: "a pilot who was asked and whom nobody has confirmed",
    Reader.CONFIRMED: "the pilot whom the office has confirmed",
    Reader.REQUESTER: "a member of the organisation that asks",
    Reader.HELP_SEEKER: "somebody who asks for herself",
    Reader.COORDINATOR: "a coordinator of the office",
    Reader.BORROWER: "a coordinator of another office, to which the confirmed pilot is lent",
    Reader.ADMIN: "an administrator of the office",
    Reader.AUDITOR: "an auditor (data protection) of the office",
}

R = Reader
Readers = frozenset[Reader]

NOBODY: Readers = frozenset()
EVERYBODY: Readers = frozenset(Reader)
SIGNED_IN: Readers = EVERYBODY - {R.STRANGER}
PILOTS: Readers = frozenset({R.PILOT, R.ASKED, R.CONFIRMED})
IN_THE_CASE: Readers = frozenset({R.ASKED, R.CONFIRMED})
CONFIRMED: Readers = frozenset({R.CONFIRMED})
REQUESTER: Readers = frozenset({R.REQUESTER})
HELP_SEEKER: Readers = frozenset({R.HELP_SEEKER})
ASKING: Readers = REQUESTER | HELP_SEEKER
OFFICE: Readers = frozenset({R.COORDINATOR})
DESKS: Readers = OFFICE | {R.BORROWER}
ADMIN: Readers = frozenset({R.ADMIN})
WATCHERS: Readers = frozenset({R.ADMIN, R.AUDITOR})
STAFF: Readers = DESKS | WATCHERS
