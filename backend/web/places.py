"""How what a form holds about a place becomes a place, or a refusal beside the right field."""

from backend.errors import RuleViolated
from geo.address import GeoError, parse_address
from geo.locating import Located, locate


def private_place(*, postcode: str, place: str = "") -> Located:
    """A home: no finer than its postal code."""
    return _located(private=True, postcode=postcode, place=place)


def public_place(*, postcode: str, place: str = "", street: str = "") -> Located:
    """The address of an organisation or of a meeting."""
    return _located(private=False, postcode=postcode, place=place, street=street)


def place_of_line(line: str) -> Located:
    """A meeting place typed on one line: street and number, postal code and town."""
    try:
        address = parse_address(line)
    except GeoError as error:
        raise _refusal(error) from error
    return _located(private=False, street=address.street, postcode=address.postcode, place=address.place)


def _located(**where: object) -> Located:
    try:
        return locate(**where)  # type: ignore[arg-type]
    except GeoError as error:
        raise _refusal(error) from error


def _refusal(error: GeoError) -> RuleViolated:
    return RuleViolated(error.code, **{"field": "postcode", **error.facts})
