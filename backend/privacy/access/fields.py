"""Who sees which field of a case, wherever it stands: on pages, in the API, in calendars, in exports."""

from dataclasses import dataclass

from backend.privacy.access.readers import (
    ADMIN,
    ASKING,
    CONFIRMED,
    HELP_SEEKER,
    NOBODY,
    OFFICE,
    REQUESTER,
    WATCHERS,
    Reader,
    Readers,
)

BORROWER: Readers = frozenset({Reader.BORROWER})
IN_OFFICE = OFFICE | BORROWER | ADMIN | {Reader.AUDITOR}


@dataclass(frozen=True)
class Field:
    """`seen_by`: of a case of one's own, or for staff of one's office. Of a foreign office nobody sees any of it.

    `ASKING` stands for whoever asked, and is not whoever asked for something else. `herself`: and whom it tells of.
    """

    key: str
    resource: str
    name: str
    seen_by: Readers
    herself: bool = False
    note: str = ""

    @property
    def beside(self) -> Readers:
        """Who sees it of somebody else's case in the same office: whoever works there."""
        return self.seen_by & IN_OFFICE


FIELDS: tuple[Field, ...] = (
    Field(
        "place_before",
        "request",
        "address, before a confirmation",
        ASKING | OFFICE,
        note="a pilot who was asked: square kilometre and town, distance band",
    ),
    Field(
        "place_after",
        "request",
        "address, after the confirmation",
        CONFIRMED | ASKING | OFFICE,
        note="the pilot until 24 hours after the end, and not once it is called off",
    ),
    Field(
        "details_before",
        "request",
        "meeting point, contact on site, note, before a confirmation",
        ASKING | OFFICE,
        note="a pilot who was asked: whether there is a note",
    ),
    Field(
        "details_after",
        "request",
        "meeting point, contact on site, note, after the confirmation",
        CONFIRMED | ASKING | OFFICE,
        note="the pilot until 24 hours after the end, and not once it is called off",
    ),
    Field("case_key", "request", "case key of the help-seeker", REQUESTER | OFFICE),
    Field(
        "organisation",
        "request",
        "name of the organisation",
        CONFIRMED | REQUESTER | OFFICE | WATCHERS,
        note="administrators and auditors in the figures alone",
    ),
    Field("override_note", "request", "why somebody was asked against a rule", OFFICE),
    Field(
        "confirmed_pilot",
        "pilot",
        "name and telephone number of the pilot who comes",
        ASKING | OFFICE | BORROWER,
        herself=True,
        note="the asking side while the appointment stands",
    ),
    Field("other_pilots", "pilot", "name and telephone number of the others", OFFICE, herself=True),
    Field("lent_street", "pilot", "street of a pilot who is lent", OFFICE | BORROWER, herself=True),
    Field("street", "pilot", "street", OFFICE, herself=True),
    Field("email", "pilot", "e-mail address", NOBODY, herself=True),
    Field("seeker", "help-seeker", "name, telephone number, street", HELP_SEEKER | OFFICE),
    Field("seeker_email", "help-seeker", "e-mail address", HELP_SEEKER),
    Field("requester_email", "organisation", "e-mail addresses of its members", REQUESTER | OFFICE),
    Field("invited_email", "organisation", "e-mail addresses invited to it", REQUESTER),
    Field("barrier", "office", "reports of barriers, and how to answer them", ADMIN),
    Field("staff_email", "office", "e-mail addresses of its staff", ADMIN),
    Field("invited_staff", "office", "e-mail addresses invited to it", ADMIN),
    Field("token", "oneself", "keys for programs", NOBODY, herself=True),
    Field("device", "oneself", "browsers that show messages", NOBODY, herself=True),
    Field("session", "oneself", "devices signed in", NOBODY, herself=True),
    Field("elsewhere", "oneself", "key at a sign-in service", NOBODY, herself=True),
    Field("draft", "oneself", "requests begun", NOBODY, herself=True),
)

# What a link tells whoever holds it, of the case it was made for: address -> fields.
BY_LINK: dict[str, frozenset[str]] = {
    "karte/<str:token>/": frozenset({"given_name", "organisation", "place_after"}),
    "kalender/<str:secret>.ics": frozenset({"place_after"}),
    "angebot/<str:secret>/": frozenset(),
    "o/<str:secret>/": frozenset(),
    "abmelden/<str:token>/": frozenset(),
    "einladung/<str:secret>/": frozenset({"invited_email", "organisation"}),
}

# Where an office hands out all that is held of one person (Art. 15): after a fresh sign-in, and logged.
HAND_OUTS = frozenset(
    {
        "leitstelle/lotsen/<uuid:pilot_id>/daten/auskunft/",
        "leitstelle/klienten/<uuid:help_seeker_id>/daten/auskunft/",
    }
)
