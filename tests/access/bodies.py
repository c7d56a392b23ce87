"""What each reader sends: bodies that are complete and valid, so that a refusal can only be for who asks."""

import json
from datetime import timedelta
from typing import Any
from uuid import UUID

from backend.dispatch.models import Offer
from backend.privacy.access.operations import Operation
from backend.privacy.access.readers import Reader
from tests.access.case import Case
from tests.api import bodies as api
from tests.factories import NOW

SOON = NOW.date() + timedelta(days=30)
_WEEK = {"week": [{"weekday": 0, "starts": "09:00", "ends": "12:00"}]}
_AWAY = {"start_date": f"{SOON}", "end_date": f"{SOON}"}
_PAPER = {"kind": "follow_up", "hours": 8, "issuer": "VHS", "issued_date": "2026-10-01"}
_CHECK = {"inspected_date": "2026-10-01", "stands_in_the_way": False}
_CLEAN = {"done": True, "minutes": 60}


def json_for(operation: Operation, reader: Reader, case: Case) -> Any:
    """The body of an operation of the API about this case."""
    pilots = {"pilots": [str(case.pilots["idle"].pk)]}
    seeker = str(case.id_of(reader, "help_seeker"))
    own = reader in {Reader.PILOT, Reader.ASKED, Reader.CONFIRMED}
    answers: dict[str, Any] = {
        "PATCH pilots/<uuid:id>": {"wishes": {"german_level": 5, "reach_km": 12}},
        "POST pilots": api.a_pilot("qxnew@marks.example"),
        "POST pilots/<uuid:id>/activate": {},
        "POST pilots/<uuid:id>/background-checks": _CHECK,
        "POST pilots/<uuid:id>/qualifications": _PAPER,
        "POST pilots/<uuid:id>/pause": {},
        "PUT availability": _WEEK,
        "PUT pilots/<uuid:pilot_id>/availability": _WEEK,
        "POST absences": _AWAY,
        "POST pilots/<uuid:pilot_id>/absences": _AWAY,
        "POST pilots/<uuid:pilot_id>/vetoes": {"postcode": "49324"},
        "POST help-seekers": api.a_help_seeker(case_key="QX-NEW"),
        "POST help-seekers/self": {
            **api.a_help_seeker(),
            "email": "qxnewseeker@marks.example",
            "person": {"name": "Neu"},
        },
        "POST help-requests": api.a_help_request(seeker),
        "POST feasibility": {"help_seeker_id": seeker, "languages": ["kmr"], "topic": "school"},
        "POST help-requests/<uuid:id>/confirm": {"offer": str(case.ids["willing"])},
        "POST help-requests/<uuid:id>/offers": pilots,
        "POST help-requests/<uuid:id>/suggestions": {"limit": 5},
        "POST help-requests/<uuid:id>/withdraw": {"reason": "not_needed"},
        "POST offers/<uuid:id>/accept": {"slot": str(_slot(case, reader))},
        "POST plans": {},
        "POST plans/<uuid:id>/apply": {"proposals": [str(case.ids.get("proposal", ""))]},
        "POST assignments/<uuid:id>/cancel": {"reason": "pilot_prevented" if own else "office_decision"},
        "POST assignments/<uuid:id>/report": _CLEAN,
        "POST organisations": api.an_organisation(contact_email="qxneworg@marks.example"),
        "POST organisations/<uuid:id>/members": {"email": "qxnewmember@marks.example", "language": "de"},
        "PATCH offices/<uuid:id>": {"phone": "0541 99"},
        "POST offices/<uuid:id>/members": {"email": "qxnewstaff@marks.example", "role": "auditor"},
        "PATCH members/<uuid:id>": {"role": "auditor"},
        "PATCH me": {"language": "en"},
        "POST tokens": {"name": "neu", "scopes": ["read"], "days": 5},
    }
    return answers.get(f"{operation.method} {operation.path.removeprefix('api/v1/')}", {})


def form_for(operation: Operation, reader: Reader, case: Case) -> dict[str, Any]:
    """The fields of a form or a button about this case."""
    own = reader in {Reader.PILOT, Reader.ASKED, Reader.CONFIRMED}
    lends = reader is Reader.BORROWER  # and has no requests of her own
    day = f"{SOON:%d.%m.%Y}"
    way = {"postcode": case.postcode, "reach_km": "12", "travel_mode": "transit"}
    answers: dict[str, dict[str, Any]] = {
        "sprache/": {"language": "en"},
        "darstellung/": {"contrast": "more"},
        "angebot/<str:secret>/": {"answer": "no"},
        "angebote/<uuid:offer_id>/": {"answer": "no"},
        "mein-profil/<slug:slug>/": way,
        "leitstelle/lotsen/<uuid:pilot_id>/profil/<slug:slug>/": way,
        "meine-zeiten/abwesend/": {"start_date": day, "end_date": day},
        "meine-zeiten/nie-wieder/": {"postcode": "49324"},
        "einsaetze/<uuid:assignment_id>/bericht/": {"done": "yes", "minutes": "60"},
        "einsaetze/<uuid:assignment_id>/absage/": {"reason": "pilot_prevented" if own else "office_decision"},
        "anfragen/<uuid:help_request_id>/zurueckziehen/": {"reason": "not_needed"},
        "team/": {"email": "qxnewmember@marks.example"},
        "leitstelle/zugleich/": {"anfrage": [] if lends else [str(case.ids["help_request"])]},
        "leitstelle/anfragen/<uuid:help_request_id>/fragen/": {"pilot": [str(case.pilots["idle"].pk)]},
        "leitstelle/anfragen/<uuid:help_request_id>/trotzdem/": {
            "lotse": case.pilots["idle"].display_code,
            "note": "am Telefon zugesagt",
        },
        "leitstelle/anfragen/<uuid:help_request_id>/zurueckziehen/": {"reason": "not_needed"},
        "leitstelle/plan/<uuid:plan_id>/fragen/": {"proposal": [str(case.ids.get("proposal", ""))]},
        "leitstelle/lotsen/<uuid:pilot_id>/qualifizierung/": {
            "kind": "follow_up",
            "hours": "8",
            "issued_date": "01.10.2026",
        },
        "leitstelle/lotsen/<uuid:pilot_id>/fuehrungszeugnis/": {"inspected_date": "01.10.2026"},
        "leitstelle/berichte/<uuid:assignment_id>/klaeren/": {
            "report": str(case.ids["report"]),
            "note": "beide angerufen",
        },
        "leitstelle/zustellungen/nochmal/": {"nachricht": [] if lends else [str(case.ids["delivery"])]},
        "leitstelle/zustellungen/erledigt/": {"nachricht": [] if lends else [str(case.ids["delivery"])]},
        "leitstelle/einstellungen/mitglieder/": {"email": "qxnewstaff@marks.example", "role": "auditor"},
        "leitstelle/einstellungen/mitglieder/<uuid:membership_id>/rolle/": {"role": "auditor"},
        "leitstelle/einstellungen/auftritt/logo/": {"remove": "1"},
        "meine-daten/person/": {"name": "Neuer Name"},
        "meine-daten/sprache/": {"language": "en"},
        "meine-daten/loeschen/": {"sure": "on"},
        "meine-daten/adresse/": {"email": "qxnewaddress@marks.example"},
        "meine-daten/zugaenge/": {"name": "neu", "scopes": ["read"], "days": "30"},
    }
    return answers.get(operation.path, {})


def _slot(case: Case, reader: Reader) -> UUID:
    """One of the dates that this reader was asked for."""
    offer = Offer.objects.get(pk=case.id_of(reader, "offer"))
    return offer.slots.order_by("starts_at").values_list("pk", flat=True)[0]


def encoded(body: Any) -> bytes:
    return json.dumps(body).encode()
