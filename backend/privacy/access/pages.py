"""Every page and every button of the pages: whom it is for, who sees what it names, who may do it."""

from backend.privacy.access.operations import Address
from backend.privacy.access.readers import (
    ADMIN,
    ASKING,
    CONFIRMED,
    DESKS,
    EVERYBODY,
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

GET, POST, FORM = ("GET",), ("POST",), ("GET", "POST")

OF_ASSIGNMENT = CONFIRMED | ASKING | OFFICE
WRITES_REQUEST = ASKING | OFFICE


def page(
    gate: Readers,
    path: str,
    methods: tuple[str, ...] = GET,
    *,
    sees: Readers | None = None,
    may: Readers | None = None,
    named: str = "",
    personal: bool = False,
    by_others: bool = False,
) -> Address:
    """One address: whom it is for, and the exceptions among them."""
    return Address(
        path, gate, methods, sees=sees, may=may, named=named, personal=personal, by_others=by_others
    )


def pages(gate: Readers, methods: tuple[str, ...], *paths: str) -> list[Address]:
    """Addresses that name nothing of anybody's."""
    return [Address(path, gate, methods) for path in paths]


PUBLIC = (
    *pages(
        EVERYBODY,
        GET,
        "",
        "danke/<slug:kind>/",
        "hilfe/",
        "leichte-sprache/",
        "barrierefreiheit/",
        "barrierefreiheit/danke/",
        "datenschutz/",
        "impressum/",
        "leitstelle/<slug:slug>/farben.<slug:version>.css",
        "leitstelle/<slug:slug>/logo.<slug:version>.png",
        "meine-daten/geloescht/",
        "manifest.webmanifest",
        "sw.js",
        "offline/",
        "healthz/live",
        "healthz/ready",
        "healthz/delivery",
    ),
    *pages(
        EVERYBODY,
        FORM,
        "lotse-werden/",
        "organisation-anmelden/",
        "hilfe-suchen/",
        "barrierefreiheit/melden/",
    ),
    *pages(EVERYBODY, POST, "sprache/", "darstellung/"),
    # Whoever holds the secret in the address: it opens one thing, for a time.
    *pages(EVERYBODY, GET, "karte/<str:token>/", "kalender/<str:secret>.ics"),
    *pages(
        EVERYBODY,
        FORM,
        "angebot/<str:secret>/",
        "o/<str:secret>/",
        "abmelden/<str:token>/",
        "einladung/<str:secret>/",
    ),
    # Replies by SMS, where a provider is set; without one there is nothing.
    page(EVERYBODY, "sms/<str:secret>/", POST, sees=NOBODY),
    # For the program that brings the token of the settings; without it there is nothing, whatever the method.
    page(EVERYBODY, "metrics", ("GET", "POST", "PUT", "PATCH", "DELETE"), sees=NOBODY),
    # The demo's mailbox: nowhere but where a setting of the demo says so.
    *(
        page(EVERYBODY, path, sees=NOBODY)
        for path in (
            "mailbox/",
            "mailbox/messages.json",
            "mailbox/<str:name>/",
            "mailbox/<str:name>/html/",
            "mailbox/<str:name>/anhang/<int:number>/",
        )
    ),
)

PILOT_PAGES = (
    *pages(PILOTS, GET, "mein-profil/", "meine-einsaetze/", "meine-einsaetze/nachweis.pdf", "meine-zeiten/"),
    *pages(PILOTS, FORM, "mein-profil/<slug:slug>/", "meine-zeiten/nie-wieder/"),
    *pages(
        PILOTS,
        POST,
        "meine-zeiten/woche/",
        "meine-zeiten/abwesend/",
        "meine-zeiten/pause/",
        "meine-zeiten/weiter/",
    ),
    page(
        PILOTS,
        "meine-zeiten/abwesend/<uuid:absence_id>/loeschen/",
        POST,
        named="absence",
        personal=True,
    ),
    page(PILOTS, "meine-zeiten/nie-wieder/<uuid:veto_id>/loeschen/", POST, named="veto", personal=True),
    page(PILOTS, "angebote/<uuid:offer_id>/", FORM, sees=IN_THE_CASE, named="offer"),
)

_ASSIGNMENT = "einsaetze/<uuid:assignment_id>/"
ASSIGNMENT_PAGES = (
    page(SIGNED_IN, _ASSIGNMENT, sees=OF_ASSIGNMENT, named="assignment"),
    page(SIGNED_IN, f"{_ASSIGNMENT}termin.ics", sees=OF_ASSIGNMENT, named="assignment"),
    page(SIGNED_IN, f"{_ASSIGNMENT}beauftragung.pdf", sees=CONFIRMED | OFFICE, named="assignment"),
    page(PILOTS, f"{_ASSIGNMENT}nie-wieder/", POST, sees=CONFIRMED, named="assignment"),
    page(SIGNED_IN, f"{_ASSIGNMENT}bericht/", POST, sees=OF_ASSIGNMENT, named="assignment"),
    page(
        SIGNED_IN,
        f"{_ASSIGNMENT}absage/",
        POST,
        sees=OF_ASSIGNMENT,
        may=CONFIRMED | OFFICE,
        named="assignment",
    ),
)

_ASKED, _DRAFT = "anfragen/<uuid:help_request_id>/", "anfragen/entwurf/<uuid:draft_id>/"
REQUESTER_PAGES = (
    page(ASKING, "anfragen/"),
    page(ASKING, "anfragen/neu/", FORM),
    page(SIGNED_IN, _DRAFT, FORM, sees=WRITES_REQUEST, named="draft", personal=True),
    page(SIGNED_IN, f"{_DRAFT}loeschen/", POST, sees=WRITES_REQUEST, named="draft", personal=True),
    page(ASKING, _ASKED, named="help_request"),
    page(SIGNED_IN, f"{_ASKED}aendern/", FORM, sees=WRITES_REQUEST, named="help_request"),
    page(ASKING, f"{_ASKED}zurueckziehen/", POST, named="help_request"),
    page(ASKING, "team/", FORM, sees=REQUESTER),
    *(
        page(
            ASKING,
            f"team/einladungen/<uuid:invitation_id>/{step}/",
            POST,
            sees=REQUESTER,
            named="invitation",
        )
        for step in ("erneut", "zurueckziehen")
    ),
)

_DESK, _PILOT = "leitstelle/anfragen/<uuid:help_request_id>/", "leitstelle/lotsen/<uuid:pilot_id>/"
DESK_PAGES = (
    *pages(
        DESKS,
        GET,
        "leitstelle/",
        "leitstelle/stand/",
        "leitstelle/plan/",
        "leitstelle/lotsen/",
        "leitstelle/stellen/",
        "leitstelle/berichte/",
        "leitstelle/fristen/",
        "leitstelle/zustellungen/",
        "leitstelle/kalender/",
        "leitstelle/zahlen/anfragen/",
        "leitstelle/zahlen/beauftragungen/",
        "leitstelle/zahlen/beauftragungen/liste.pdf",
        "leitstelle/zahlen/beauftragungen/liste.xlsx",
    ),
    *pages(
        DESKS,
        POST,
        "leitstelle/zugleich/",
        "leitstelle/plan/neu/",
        "leitstelle/zustellungen/nochmal/",
        "leitstelle/zustellungen/erledigt/",
    ),
    *pages(DESKS, FORM, "leitstelle/anfragen/neu/"),
    page(DESKS, _DESK, sees=OFFICE, named="help_request"),
    *(
        page(DESKS, f"{_DESK}{step}", methods, sees=OFFICE, named="help_request")
        for step, methods in (
            ("vorschlagen/", POST),
            ("fragen/", POST),
            ("trotzdem/", POST),
            ("angebote/<uuid:offer_id>/zurueckziehen/", POST),
            ("angebote/<uuid:offer_id>/bestaetigen/", FORM),
            ("wellen/", POST),
            ("wellen/anhalten/", POST),
            ("schliessen/", POST),
            ("zurueckziehen/", POST),
        )
    ),
    page(DESKS, "leitstelle/plan/<uuid:plan_id>/fragen/", POST, sees=OFFICE, named="plan"),
    page(DESKS, _PILOT, named="pilot"),
    page(DESKS, f"{_PILOT}kontakt/", named="pilot"),
    page(DESKS, f"{_PILOT}profil/", sees=OFFICE, named="pilot"),
    page(DESKS, f"{_PILOT}nachweis.pdf", sees=OFFICE, named="pilot"),
    *(
        page(DESKS, f"{start}daten/{what}", methods, sees=OFFICE, named=named)
        for start, named in ((_PILOT, "pilot"), ("leitstelle/klienten/<uuid:help_seeker_id>/", "help_seeker"))
        for what, methods in (
            ("", GET),
            ("auskunft/", GET),
            ("loeschen/", FORM),
            ("widerruf/<slug:kind>/", FORM),
        )
    ),
    page(DESKS, f"{_PILOT}profil/<slug:slug>/", FORM, sees=OFFICE, named="pilot"),
    *(
        page(DESKS, f"{_PILOT}{step}/", POST, may=OFFICE, named="pilot")
        for step in ("freischalten", "pause", "qualifizierung", "fuehrungszeugnis")
    ),
    page(
        DESKS,
        "leitstelle/stellen/<uuid:organisation_id>/freigeben/",
        POST,
        sees=OFFICE,
        named="organisation",
    ),
    page(DESKS, "leitstelle/berichte/<uuid:assignment_id>/klaeren/", POST, sees=OFFICE, named="disagreement"),
    page(DESKS, "leitstelle/zustellungen/<uuid:delivery_id>/nochmal/", POST, sees=OFFICE, named="delivery"),
    page(DESKS, "leitstelle/zustellungen/<uuid:delivery_id>/erledigt/", POST, sees=OFFICE, named="delivery"),
    # for all who work in an office
    *pages(
        STAFF,
        GET,
        "leitstelle/annahme/",
        "leitstelle/karte/",
        "leitstelle/zahlen/",
        "leitstelle/zahlen/zahlen.csv",
        "leitstelle/zahlen/zahlen.xlsx",
    ),
    page(STAFF, "leitstelle/zugriffe/", may=WATCHERS),
)

_SETTINGS = "leitstelle/einstellungen/"
_TEXT, _MEMBER = (
    f"{_SETTINGS}texte/<slug:template>/<slug:language>/",
    f"{_SETTINGS}mitglieder/<uuid:membership_id>/",
)
ADMIN_PAGES = (
    *pages(
        ADMIN,
        FORM,
        _SETTINGS,
        *(f"{_SETTINGS}{page}/" for page in ("wellen", "vorlagen", "gewichte", "auftritt", "sprachen")),
        f"{_SETTINGS}fristen/",
        f"{_SETTINGS}pflichtseiten/",
        f"{_SETTINGS}mitglieder/",
        _TEXT,
        f"{_TEXT}vorschau/",
    ),
    *pages(
        ADMIN,
        POST,
        f"{_SETTINGS}gewichte/vorschau/",
        f"{_SETTINGS}auftritt/logo/",
        f"{_TEXT}standard/",
    ),
    *pages(ADMIN, GET, f"{_SETTINGS}texte/", f"{_SETTINGS}barrieren/"),
    page(ADMIN, f"{_SETTINGS}barrieren/<uuid:report_id>/erledigt/", POST, named="barrier"),
    page(ADMIN, _MEMBER, named="membership"),
    *(
        page(ADMIN, f"{_MEMBER}{step}/", POST, named="membership")
        for step in ("rolle", "entfernen", "schliessen", "zweiter-schritt")
    ),
    *(
        page(ADMIN, f"{_SETTINGS}einladungen/<uuid:invitation_id>/{step}/", POST, named="invitation")
        for step in ("erneut", "zurueckziehen")
    ),
)

PAGES: tuple[Address, ...] = (
    *PUBLIC,
    *PILOT_PAGES,
    *ASSIGNMENT_PAGES,
    *REQUESTER_PAGES,
    *DESK_PAGES,
    *ADMIN_PAGES,
)
