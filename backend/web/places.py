"""How what a form holds about a place becomes a place, or a refusal beside the right field."""

from backend.dispatch.commands.meeting_places import MeetingPlace
from backend.errors import RuleViolated
from geo.address import GeoError, parse_address
from geo.locating import Located, locate


def private_place(*, postcode: str, place: str = "", field: str = "postcode") -> Located:
    """A home: no finer than its postal code."""
    return _located(field, private=True, postcode=postcode, place=place)


def public_place(*, postcode: str, place: str = "", street: str = "") -> Located:
    """The address of an organisation."""
    return _located("postcode", private=False, postcode=postcode, place=place, street=street)


def meeting_place(line: str, *, public: bool) -> MeetingPlace:
    """What was typed on one line, street and number, postal code and town, and whether the box was ticked."""
    try:
        address = parse_address(line)
    except GeoError as error:
        raise _refusal(error, "address") from error
    return MeetingPlace(
        street=address.street, postcode=address.postcode, place=address.place, public=public or None
    )


def _located(field: str, **where: object) -> Located:
    try:
        return locate(**where)  # type: ignore[arg-type]
    except GeoError as error:
        raise _refusal(error, field) from error


def _refusal(error: GeoError, field: str) -> RuleViolated:
    return RuleViolated(error.code, **{**error.facts, "field": field})
