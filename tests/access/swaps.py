"""Where an id can be sent: for each such place, one request with an id of another office, and one with nobody's."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from backend.privacy.access.readers import Reader
from tests.access.bodies import encoded
from tests.access.case import Case
from tests.access.town import Town
from tests.api import bodies as api

R = Reader
NEVER = UUID("01a00000-0000-7000-8000-00000000dead")  # nobody's
ABSENT, NOT_THERE_OR_WRONG = {404}, {404, 422}
OFFICE_REFUSED = {403}  # that there is such an office everybody may know


@dataclass(frozen=True)
class Swap:
    """`send` makes the request for an id. `answers`: what a foreign one may hear."""

    name: str
    reader: Reader
    method: str
    send: Callable[[str], tuple[str, dict[str, Any]]]
    foreign: str
    answers: frozenset[int]
    public: bool = False  # that there is such a thing everybody may know


def swaps(town: Town) -> Iterator[Swap]:
    """Every place for an id that is not the address's own: in bodies, in queries, in second places of an address."""
    yield from _api(town.own, town.foreign)
    yield from _lists(town.own, town.foreign)
    yield from _pages(town.own, town.foreign)
    yield from _offices(town)


def _api(own: Case, foreign: Case) -> Iterator[Swap]:
    request, pilot = own.ids["help_request"], own.pilots["confirmed"].pk
    seeker, organisation = str(own.seeker.pk), str(foreign.organisation.pk)
    far_seeker, far_pilot = str(foreign.seeker.pk), str(foreign.pilots["idle"].pk)
    places: tuple[tuple[Reader, str, str, Callable[[str], Any], object, set[int]], ...] = (
        (
            R.REQUESTER,
            "POST",
            "help-seekers",
            lambda i: api.a_help_seeker(organisation_id=i),
            organisation,
            ABSENT,
        ),
        (
            R.COORDINATOR,
            "POST",
            "help-seekers",
            lambda i: api.a_help_seeker(organisation_id=i),
            organisation,
            ABSENT,
        ),
        (R.REQUESTER, "POST", "help-requests", api.a_help_request, far_seeker, ABSENT),
        (R.HELP_SEEKER, "POST", "help-requests", api.a_help_request, far_seeker, ABSENT),
        (R.COORDINATOR, "POST", "help-requests", api.a_help_request, far_seeker, ABSENT),
        (R.REQUESTER, "POST", "feasibility", lambda i: {"help_seeker_id": i}, far_seeker, ABSENT),
        (R.COORDINATOR, "POST", "feasibility", lambda i: {"help_seeker_id": i}, far_seeker, ABSENT),
        (R.REQUESTER, "POST", "feasibility", lambda i: {"office_id": i}, foreign.office.pk, OFFICE_REFUSED),
        (R.COORDINATOR, "POST", "feasibility", lambda i: {"office_id": i}, foreign.office.pk, OFFICE_REFUSED),
        (
            R.COORDINATOR,
            "POST",
            "feasibility",
            lambda i: {"office_id": str(own.office.pk), "organisation_id": i},
            organisation,
            ABSENT,
        ),
        (
            R.COORDINATOR,
            "POST",
            f"help-requests/{request}/offers",
            lambda i: {"pilots": [i]},
            far_pilot,
            ABSENT,
        ),
        (
            R.COORDINATOR,
            "POST",
            f"help-requests/{request}/offers",
            lambda i: {"pilots": [i], "override_note": "am Telefon"},
            far_pilot,
            ABSENT,
        ),
        (
            R.COORDINATOR,
            "POST",
            f"help-requests/{request}/confirm",
            lambda i: {"offer": i},
            foreign.ids["willing"],
            ABSENT,
        ),
        (
            R.ASKED,
            "POST",
            f"offers/{own.ids['offer']}/accept",
            lambda i: {"slot": i},
            foreign.ids["slot"],
            NOT_THERE_OR_WRONG,
        ),
        (R.COORDINATOR, "POST", "plans", lambda i: {"offices": [i]}, foreign.office.pk, ABSENT),
        (
            R.COORDINATOR,
            "POST",
            f"plans/{own.ids['plan']}/apply",
            lambda i: {"proposals": [i]},
            foreign.ids["proposal"],
            NOT_THERE_OR_WRONG,
        ),
        (R.CONFIRMED, "POST", f"pilots/{pilot}/vetoes", lambda i: {"help_seeker_id": i}, far_seeker, ABSENT),
        (
            R.CONFIRMED,
            "POST",
            f"pilots/{pilot}/vetoes",
            lambda i: {"organisation_id": i},
            organisation,
            ABSENT,
        ),
        (
            R.COORDINATOR,
            "POST",
            f"pilots/{pilot}/vetoes",
            lambda i: {"help_seeker_id": i},
            far_seeker,
            ABSENT,
        ),
    )
    for reader, method, path, body, far, answers in places:
        yield Swap(
            f"{method} {path}",
            reader,
            method,
            lambda i, path=path, body=body: (  # type: ignore[misc]
                f"/api/v1/{path}",
                {"data": encoded(body(i)), "content_type": "application/json"},
            ),
            str(far),
            frozenset(answers),
            public=answers is OFFICE_REFUSED,
        )
    addresses: tuple[tuple[str, object, set[int]], ...] = (
        (f"help-requests/{request}/why/{{}}", far_pilot, ABSENT),
        (
            f"plans/{own.ids['plan']}/regret?pilot={pilot}&help_request={{}}",
            foreign.ids["help_request"],
            ABSENT,
        ),
        (f"plans/{own.ids['plan']}/regret?help_request={request}&pilot={{}}", far_pilot, ABSENT),
    )
    for address, far, answers in addresses:
        yield _get(R.COORDINATOR, f"/api/v1/{address}", far, answers)
    assert seeker


def _lists(own: Case, foreign: Case) -> Iterator[Swap]:
    """A filter by a foreign id finds as much as one by an id that never was."""
    pilot, organisation = foreign.pilots["confirmed"].pk, foreign.organisation.pk
    requester = foreign.users[R.REQUESTER].pk
    filters = (
        (R.COORDINATOR, "help-requests?office={}", foreign.office.pk),
        (R.COORDINATOR, "help-requests?organisation={}", organisation),
        (R.COORDINATOR, "help-requests?help_seeker={}", foreign.seeker.pk),
        (R.COORDINATOR, "help-seekers?office={}", foreign.office.pk),
        (R.COORDINATOR, "help-seekers?organisation={}", organisation),
        (R.COORDINATOR, "offers?help_request={}", foreign.ids["help_request"]),
        (R.COORDINATOR, "offers?pilot={}", pilot),
        (R.COORDINATOR, "assignments?help_request={}", foreign.done.pk),
        (R.COORDINATOR, "assignments?pilot={}", pilot),
        (R.COORDINATOR, "pilots?office={}", foreign.office.pk),
        (R.COORDINATOR, "organisations?office={}", foreign.office.pk),
        (R.COORDINATOR, "deliveries?status=FAILED&subject={}", foreign.ids["help_request"]),
        (R.COORDINATOR, "acceptance-versions?office={}", foreign.office.pk),
        (R.AUDITOR, "access-log?reader={}", requester),
        (R.AUDITOR, "access-log?subject={}", foreign.ids["help_request"]),
        (R.REQUESTER, "help-requests?organisation={}", organisation),
        (R.ASKED, "offers?help_request={}", foreign.ids["help_request"]),
    )
    for reader, address, far in filters:
        yield _get(reader, f"/api/v1/{address}", far, {200})


def _pages(own: Case, foreign: Case) -> Iterator[Swap]:
    request = own.ids["help_request"]
    desk, offer = f"/leitstelle/anfragen/{request}/", foreign.ids["willing"]
    far_pilot, far_request = foreign.pilots["idle"].pk, foreign.ids["help_request"]
    buttons: tuple[tuple[Reader, str, Callable[[str], dict[str, Any]], object, set[int]], ...] = (
        (R.COORDINATOR, "/leitstelle/zugleich/", lambda i: {"anfrage": [i]}, far_request, ABSENT),
        (
            R.COORDINATOR,
            "/leitstelle/zugleich/",
            lambda i: {"anfrage": [i], "schritt": "wellen"},
            far_request,
            ABSENT,
        ),
        (R.COORDINATOR, f"{desk}fragen/", lambda i: {"pilot": [i]}, far_pilot, ABSENT),
        (R.COORDINATOR, f"{desk}angebote/{{}}/zurueckziehen/", lambda i: {}, offer, ABSENT),
        (R.COORDINATOR, f"{desk}angebote/{{}}/bestaetigen/", lambda i: {}, offer, ABSENT),
        (
            R.COORDINATOR,
            f"/leitstelle/plan/{own.ids['plan']}/fragen/",
            lambda i: {"proposal": [i]},
            foreign.ids["proposal"],
            {302, 404},  # the plan again, with what was wrong above it
        ),
        (
            R.COORDINATOR,
            "/leitstelle/zustellungen/nochmal/",
            lambda i: {"nachricht": [i]},
            foreign.ids["delivery"],
            ABSENT,
        ),
        (
            R.COORDINATOR,
            "/leitstelle/zustellungen/erledigt/",
            lambda i: {"nachricht": [i]},
            foreign.ids["delivery"],
            ABSENT,
        ),
        (
            R.COORDINATOR,
            f"/leitstelle/berichte/{own.ids['disagreement']}/klaeren/",
            lambda i: {"report": i, "note": "angerufen"},
            foreign.ids["report"],
            {422},
        ),
        (
            R.ASKED,
            f"/angebote/{own.ids['offer']}/",
            lambda i: {"answer": "yes", "slot": i},
            foreign.ids["slot"],
            {302, 404, 422},  # the page again, with what was wrong above it
        ),
    )
    for reader, path, body, far, answers in buttons:
        yield Swap(
            f"POST {path}",
            reader,
            "POST",
            lambda i, path=path, body=body: (path.format(i), {"data": body(i)}),  # type: ignore[misc]
            str(far),
            frozenset(answers),
        )
    # An invitation of the other kind: to the office where one to an organisation is meant, and the other way round.
    for reader, path, invitation in (
        (R.REQUESTER, "/team/einladungen/{}", own.ids["invitation"]),
        (R.ADMIN, "/leitstelle/einstellungen/einladungen/{}", own.of_reader[R.REQUESTER, "invitation"]),
        (R.COORDINATOR, "/team/einladungen/{}", own.of_reader[R.REQUESTER, "invitation"]),
    ):
        for step in ("erneut", "zurueckziehen"):
            yield Swap(
                f"POST {path}/{step}/",
                reader,
                "POST",
                lambda i, path=path, step=step: (f"{path.format(i)}/{step}/", {}),  # type: ignore[misc]
                str(invitation),
                frozenset({403} if reader is R.COORDINATOR else ABSENT),
            )
    draft = foreign.of_reader[R.REQUESTER, "draft"]
    yield _get(R.COORDINATOR, f"{desk}angebote/{{}}/bestaetigen/", offer, ABSENT)
    yield _get(R.REQUESTER, "/anfragen/neu/?wie={}", far_request, ABSENT)
    yield _get(R.REQUESTER, "/anfragen/neu/?entwurf={}", draft, {200, 404})
    yield _get(R.COORDINATOR, "/leitstelle/anfragen/neu/?entwurf={}", draft, {200, 404})
    yield _get(R.COORDINATOR, "/leitstelle/annahme/?version={}", foreign.ids["acceptance_version"], ABSENT)


def _offices(town: Town) -> Iterator[Swap]:
    """Offices go by their short names."""
    for reader, path in (
        (R.ADMIN, "einstellungen/"),
        (R.ADMIN, "einstellungen/mitglieder/"),
        (R.ADMIN, "einstellungen/barrieren/"),
        (R.AUDITOR, "zahlen/"),
        (R.COORDINATOR, "zahlen/anfragen/"),
        (R.COORDINATOR, "kalender/"),
        (R.COORDINATOR, "karte/"),
        (R.COORDINATOR, "annahme/"),
    ):
        yield Swap(
            f"GET leitstelle/{path}",
            reader,
            "GET",
            lambda slug, path=path: (f"/leitstelle/{path}?leitstelle={slug}", {}),  # type: ignore[misc]
            town.elsewhere.slug,
            frozenset({200, 404}),
        )
    for path, body in (("auftritt/", {"colour": "#7a2e5d"}), ("auftritt/logo/", {"remove": "1"})):
        yield Swap(
            f"POST leitstelle/einstellungen/{path}",
            R.ADMIN,
            "POST",
            lambda slug, path=path, body=body: (  # type: ignore[misc]
                f"/leitstelle/einstellungen/{path}?leitstelle={slug}",
                {"data": body},
            ),
            town.elsewhere.slug,
            frozenset(ABSENT),
        )


def _get(reader: Reader, address: str, far: object, answers: set[int]) -> Swap:
    return Swap(
        f"GET {address}", reader, "GET", lambda i: (address.format(i), {}), str(far), frozenset(answers)
    )
