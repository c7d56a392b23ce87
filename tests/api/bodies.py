"""The bodies that clients send, complete and valid."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from tests.factories import at


def a_pilot(address: str, **changes: Any) -> dict[str, Any]:
    return {
        "email": address,
        "language": "de",
        "person": {"name": "Dilan Yildiz", "phone": "0541 323 1234", "street": "Lotter Straße 7"},
        "home": {"postcode": "49074"},
        "wishes": {
            "german_level": 5,
            "reach_km": 20,
            "gender": "f",
            "travel_mode": "bicycle",
            "monthly_hours": 12,
            "heavy_per_month": 2,
            "topics_wished": ["school"],
            "topics_refused": ["conflict"],
        },
        "languages": [
            {"language": "kmr", "speaks": 6, "understands": 6},
            {"language": "tr", "speaks": 4, "understands": 5},
        ],
        "availability": [{"weekday": day, "starts": "08:00", "ends": "18:00"} for day in range(5)],
        "data_protection": True,
        "confidentiality": True,
        **changes,
    }


def a_help_seeker(**changes: Any) -> dict[str, Any]:
    return {
        "case_key": "SCH-2026-17",
        "languages": ["kmr"],
        "home": {"postcode": "49076"},
        "needs": ["school"],
        "gender_wish": "",
        "data_protection": True,
        **changes,
    }


def slots(*times: tuple[datetime, datetime]) -> list[dict[str, str]]:
    times = times or ((at(10, 10), at(10, 11)), (at(12, 14), at(12, 15)))
    return [{"starts_at": start.isoformat(), "ends_at": end.isoformat()} for start, end in times]


def a_help_request(help_seeker_id: str, **changes: Any) -> dict[str, Any]:
    return {
        "help_seeker_id": str(help_seeker_id),
        "topic": "school",
        "slots": slots(),
        "meeting_place": {"postcode": "49074", "place": "Osnabrück", "street": "Domhof 7", "public": True},
        "meeting_point": "Haupteingang, Raum 12",
        "contact_on_site": "Frau Sommer, 0541 9999",
        "note": "Treppe, kein Aufzug",
        **changes,
    }


def an_organisation(**changes: Any) -> dict[str, Any]:
    return {
        "name": "Grundschule am Dom",
        "kind": "school",
        "address": {"postcode": "49074", "place": "Osnabrück", "street": "Domhof 1"},
        "contact_email": "rektorat@grundschule.example",
        "language": "de",
        **changes,
    }


def ids(rows: Sequence[dict[str, Any]]) -> set[str]:
    return {row["id"] for row in rows}
