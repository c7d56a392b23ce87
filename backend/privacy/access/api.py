"""Every operation of the REST API: whom it is for, who sees what it names, who may do it, with which scope."""

from backend.privacy.access.operations import Address
from backend.privacy.access.readers import (
    ADMIN,
    ASKING,
    CONFIRMED,
    DESKS,
    EVERYBODY,
    HELP_SEEKER,
    IN_THE_CASE,
    NOBODY,
    OFFICE,
    PILOTS,
    REQUESTER,
    SIGNED_IN,
    STAFF,
    WATCHERS,
    Readers,
)

V1 = "api/v1/"
READ, MAKE = ("GET",), ("POST",)
BOTH = ("GET", "POST")
PEOPLE, REQUESTS, ANSWERS, DISPATCH = ("people",), ("requests",), ("answers",), ("dispatch",)

OF_PILOT = (
    PILOTS | DESKS
)  # a pilot's page: her own, her office's, and that of an office that has borrowed her
WRITES_PILOT = PILOTS | OFFICE
OF_REQUEST = ASKING | OFFICE
OF_ASSIGNMENT = CONFIRMED | OF_REQUEST
OF_OFFER = IN_THE_CASE | OFFICE
OF_SEEKER = OF_REQUEST


def _open(path: str, methods: tuple[str, ...] = READ, scopes: tuple[str, ...] = ()) -> Address:
    """Open to the public; but a token that is shown needs the scope."""
    return Address(V1 + path, EVERYBODY, methods, scopes=scopes)


def _for(
    readers: Readers, path: str, methods: tuple[str, ...] = READ, scopes: tuple[str, ...] = ()
) -> Address:
    """For whoever is signed in; to others than these there is nothing."""
    return Address(V1 + path, SIGNED_IN, methods, sees=readers, scopes=scopes)


def _only(readers: Readers, path: str, methods: tuple[str, ...] = READ, **more: tuple[str, ...]) -> Address:
    """Refused to everybody else, whatever is asked for."""
    return Address(V1 + path, SIGNED_IN, methods, may=readers, **more)  # type: ignore[arg-type]


def _of(
    named: str,
    sees: Readers,
    path: str,
    methods: tuple[str, ...] = READ,
    *,
    may: Readers | None = None,
    scopes: tuple[str, ...] = (),
    by_body: bool = False,
    personal: bool = False,
    besides: dict[str, Readers] | None = None,
) -> Address:
    """About one thing, which exists for those who see it."""
    return Address(
        V1 + path,
        SIGNED_IN,
        methods,
        sees=sees,
        may=may,
        named=named,
        scopes=scopes,
        by_body=by_body,
        personal=personal,
        besides=besides or {},
    )


_PILOT = "pilots/<uuid:id>"
_REQUEST = "help-requests/<uuid:id>"

API: tuple[Address, ...] = (
    # volunteers
    _for(SIGNED_IN, "pilots"),
    _open("pilots", MAKE, PEOPLE),
    _of("pilot", OF_PILOT, _PILOT),
    _of("pilot", OF_PILOT, _PILOT, ("PATCH",), may=WRITES_PILOT, scopes=PEOPLE),
    _of("pilot", OF_PILOT, f"{_PILOT}/identity"),
    _of("pilot", OF_PILOT, f"{_PILOT}/activate", MAKE, may=OFFICE, scopes=PEOPLE),
    _of("pilot", OF_PILOT, f"{_PILOT}/background-checks", MAKE, may=OFFICE, scopes=PEOPLE),
    _of("pilot", OF_PILOT, f"{_PILOT}/qualifications", MAKE, may=OFFICE, scopes=PEOPLE),
    _of("pilot", OF_PILOT, f"{_PILOT}/pause", MAKE, may=WRITES_PILOT, scopes=PEOPLE),
    _of("pilot", OF_PILOT, f"{_PILOT}/resume", MAKE, may=WRITES_PILOT, scopes=PEOPLE),
    # their times, and what they never want again
    _for(PILOTS, "availability", ("GET", "PUT"), PEOPLE),
    _for(PILOTS, "absences", BOTH, PEOPLE),
    _of("absence", OF_PILOT, "absences/<uuid:id>", ("DELETE",), may=WRITES_PILOT, scopes=PEOPLE),
    _of(
        "pilot",
        OF_PILOT,
        "pilots/<uuid:pilot_id>/availability",
        ("GET", "PUT"),
        besides={"PUT": WRITES_PILOT},
        scopes=PEOPLE,
    ),
    _of(
        "pilot",
        OF_PILOT,
        "pilots/<uuid:pilot_id>/absences",
        BOTH,
        besides={"POST": WRITES_PILOT},
        scopes=PEOPLE,
    ),
    _of(
        "pilot",
        OF_PILOT,
        "pilots/<uuid:pilot_id>/vetoes",
        BOTH,
        besides={"POST": WRITES_PILOT},
        scopes=PEOPLE,
    ),
    _of("veto", OF_PILOT, "vetoes/<uuid:id>", ("DELETE",), may=WRITES_PILOT, scopes=PEOPLE),
    # whoever is accompanied
    _for(SIGNED_IN, "help-seekers"),
    _only(REQUESTER | OFFICE, "help-seekers", MAKE, scopes=("requests", "people")),
    _open("help-seekers/self", MAKE, ("requests", "people")),
    _of("help_seeker", OF_SEEKER, "help-seekers/<uuid:id>"),
    _of("help_seeker", OF_SEEKER, "help-seekers/<uuid:id>/identity", may=HELP_SEEKER | OFFICE),
    # requests
    _for(SIGNED_IN, "help-requests"),
    _of("help_seeker", OF_SEEKER, "help-requests", MAKE, scopes=REQUESTS, by_body=True),
    _of("help_seeker", OF_SEEKER, "feasibility", MAKE, scopes=("requests", "dispatch"), by_body=True),
    _of("help_request", OF_REQUEST, _REQUEST),
    _of("help_request", OF_REQUEST, f"{_REQUEST}/timeline"),
    _of("help_request", OF_REQUEST, f"{_REQUEST}/withdraw", MAKE, scopes=("requests", "dispatch")),
    *(
        _of("help_request", OF_REQUEST, f"{_REQUEST}/{step}", methods, may=OFFICE, scopes=DISPATCH)
        for step, methods in (
            ("close", MAKE),
            ("confirm", MAKE),
            ("last-resort", READ),
            ("offers", BOTH),
            ("suggestions", BOTH),
            ("waves", BOTH),
            ("waves/stop", MAKE),
            ("why/<uuid:pilot_id>", READ),
        )
    ),
    # offers, plans, assignments
    _for(SIGNED_IN, "offers"),
    _of("offer", OF_OFFER, "offers/<uuid:id>"),
    _of("offer", OF_OFFER, "offers/<uuid:id>/accept", MAKE, may=IN_THE_CASE, scopes=ANSWERS),
    _of("offer", OF_OFFER, "offers/<uuid:id>/decline", MAKE, may=IN_THE_CASE, scopes=ANSWERS),
    _of("offer", OFFICE, "offers/<uuid:id>/retract", MAKE, scopes=DISPATCH),
    _for(DESKS, "plans", MAKE, DISPATCH),
    _of("plan", OFFICE, "plans/<uuid:id>"),
    _of("plan", OFFICE, "plans/<uuid:id>/regret"),
    _of("plan", OFFICE, "plans/<uuid:id>/apply", MAKE, scopes=DISPATCH),
    _for(SIGNED_IN, "assignments"),
    _of("assignment", OF_ASSIGNMENT, "assignments/<uuid:id>"),
    _of(
        "assignment",
        OF_ASSIGNMENT,
        "assignments/<uuid:id>/cancel",
        MAKE,
        may=CONFIRMED | OFFICE,
        scopes=("answers", "dispatch"),
    ),
    _of("assignment", OF_ASSIGNMENT, "assignments/<uuid:id>/report", MAKE, scopes=("answers", "dispatch")),
    # organisations and offices
    _for(SIGNED_IN, "organisations"),
    _open("organisations", MAKE, PEOPLE),
    _of("organisation", REQUESTER | OFFICE, "organisations/<uuid:id>"),
    _of("organisation", OFFICE, "organisations/<uuid:id>/approve", MAKE, scopes=PEOPLE),
    _of("organisation", REQUESTER | OFFICE, "organisations/<uuid:id>/members", BOTH, scopes=PEOPLE),
    _open("offices"),
    _of("office", STAFF, "offices/<uuid:id>", ("GET", "PATCH"), besides={"PATCH": ADMIN}, scopes=PEOPLE),
    _of("office", STAFF, "offices/<uuid:id>/members", BOTH, may=ADMIN, scopes=PEOPLE),
    _of("membership", ADMIN, "members/<uuid:id>", ("GET", "PATCH", "DELETE"), scopes=PEOPLE),
    _of("membership", ADMIN, "members/<uuid:id>/deactivate", MAKE, scopes=PEOPLE),
    # what the office watches
    _for(SIGNED_IN, "acceptance-versions"),
    _of("acceptance_version", OFFICE | WATCHERS, "acceptance-versions/<uuid:id>"),
    _only(WATCHERS, "access-log"),
    _for(SIGNED_IN, "deliveries"),
    _of("delivery", OFFICE, "deliveries/<uuid:id>"),
    _of("delivery", OFFICE, "deliveries/<uuid:id>/retry", MAKE, scopes=DISPATCH),
    # oneself
    _for(SIGNED_IN, "me", ("GET", "PATCH")),
    _for(SIGNED_IN, "tokens", BOTH),
    _of("token", SIGNED_IN, "tokens/<uuid:id>", ("DELETE",), personal=True),
    # what everybody may look up
    _open("languages"),
    _open("topics"),
    _open("places"),
    Address(f"{V1}schema/", EVERYBODY, READ, by_others=True),
    Address(f"{V1}docs/", EVERYBODY, READ, by_others=True),
    Address("api/", EVERYBODY, ("GET", "POST", "PUT", "PATCH", "DELETE"), sees=NOBODY),
)

# To read these a token needs more than the scope to read.
READ_SCOPES: dict[str, tuple[str, ...]] = {
    f"{V1}{_PILOT}/identity": PEOPLE,
    f"{V1}help-seekers/<uuid:id>/identity": PEOPLE,
    f"{V1}me": ("read",),
}
