"""Where do they meet, and is it somebody's home? Decided for every way of asking, and in doubt it is a home."""

import re
from dataclasses import dataclass, replace

from backend.accounts.matters import Matter
from backend.accounts.models import Office, Organisation
from backend.dispatch import policies
from backend.errors import RuleViolated
from geo.address import GeoError, normalise_place
from geo.locating import Located, locate

_STREET = re.compile(r"strasse\b|str\b")


@dataclass(frozen=True)
class MeetingPlace:
    """A place as it was typed; `public` is what was said about it, None where nothing was said."""

    postcode: str = ""
    place: str = ""
    street: str = ""
    lat: float | None = None
    lon: float | None = None
    public: bool | None = None


def is_public(where: MeetingPlace, *, organisation: Organisation | None) -> bool:
    """Whether its address may be stored in clear, be sent in messages and be looked up with a geocoder.

    Where nothing was said: of what an organisation asks for, its own address and what is no finer than a postcode;
    of what somebody asks for alone, nothing.
    """
    if where.public is not None or organisation is None:
        return bool(where.public)
    if where.street.strip():
        return _is_address_of(organisation, where)
    return where.lat is None and where.lon is None


def locate_meeting_place(where: MeetingPlace, *, organisation: Organisation | None) -> Located:
    """The place with its point, a home without its street; raises RuleViolated for one that we cannot find."""
    try:
        return locate(
            private=not is_public(where, organisation=organisation),
            postcode=where.postcode,
            place=where.place,
            street=where.street,
            lat=where.lat,
            lon=where.lon,
        )
    except GeoError as error:
        raise RuleViolated(error.code, **{**error.facts, "field": "meeting_place"}) from error


def check_no_flat(where: MeetingPlace, located: Located, *, office: Office) -> None:
    """No home where the office leaves those to others. Where nothing was said of the place, we ask first."""
    if not located.private or Matter.PRIVATE_FLAT not in office.excluded_matters:
        return
    if where.public is False:
        policies.check_matter(Matter.PRIVATE_FLAT.value, office=office)
    if where.street.strip():
        hand_off = office.hand_off(Matter.PRIVATE_FLAT)
        raise RuleViolated("meeting_place_at_home", field="meeting_place", hand_off=hand_off)


def roughly_located(where: MeetingPlace, *, organisation: Organisation | None) -> Located | None:
    """Where that is while somebody still types it, as far as our own list of places says; None where it says nothing.

    No geocoder hears of it. A public street stays, because it tells who meets at one address.
    """
    try:
        located = locate_meeting_place(replace(where, street=""), organisation=organisation)
    except RuleViolated:
        return None
    return replace(located, street=where.street if is_public(where, organisation=organisation) else "")


def left_out_of(located: Located, where: MeetingPlace) -> str:
    """What was typed of a home and is not kept with its place: for the vault."""
    if not located.private:
        return ""
    typed = "" if normalise_place(where.place) == normalise_place(located.place) else where.place.strip()
    return ", ".join(filter(None, (where.street.strip(), typed)))


def _is_address_of(organisation: Organisation, where: MeetingPlace) -> bool:
    same_town = (
        where.postcode.strip() == organisation.postcode
        if where.postcode.strip()
        else normalise_place(where.place) == normalise_place(organisation.place)
    )
    return same_town and _street_key(where.street) == _street_key(organisation.street)


def _street_key(street: str) -> str:
    """Under which "Lotter Straße 7" and "Lotter Str. 7" are the same."""
    return _STREET.sub("str", normalise_place(street)).replace(" ", "")
