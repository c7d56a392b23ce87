"""manage.py open_office: set up a Leitstelle with its service area and its first administrator."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email, validate_slug
from django.utils import timezone
from django.utils.translation import override

from backend.accounts.commands import open_office
from backend.error_texts import sentence
from backend.errors import DomainError
from geo.address import GeoError
from geo.areas import read_area
from geo.gazetteer import postcodes_of_district


class Command(BaseCommand):
    """Thin: reads what was typed, hands it to the command, reports."""

    help = (
        "Open a Leitstelle: its name, where it serves, and its first administrator, who is invited by mail. "
        "Everything else is set by that administrator under /leitstelle/einstellungen/."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "name", metavar="NAME", help="as people read it: 'Leitstelle für Integration Emden'"
        )
        parser.add_argument("--slug", required=True, help="short name in addresses: letters, digits, hyphens")
        parser.add_argument("--email", required=True, help="where answers to the office's mail go")
        parser.add_argument("--admin-email", required=True, help="sign-in of the first administrator")
        where = parser.add_mutually_exclusive_group(required=True)
        where.add_argument("--postcodes", metavar="49074,49076", help="served postcodes, with commas between")
        where.add_argument(
            "--district",
            nargs="+",
            metavar="03404",
            help="official keys (AGS) of served districts: all their postcodes of the gazetteer",
        )
        where.add_argument("--area", type=Path, metavar="FILE", help="served area: a polygon as GeoJSON")
        parser.add_argument("--phone", default="", help="shown to people who should call")
        parser.add_argument("--label", help="what the office calls itself (default: Leitstelle)")
        parser.add_argument(
            "--self-registration", action="store_true", help="help-seekers may register by themselves"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        _check_spelling(options)
        rules: dict[str, Any] = {"accepts_self_registration": options["self_registration"]}
        if options["label"]:
            rules["label"] = options["label"]
        if options["area"]:
            rules["service_area"] = _area(options["area"])
        try:
            office = open_office(
                name=options["name"],
                slug=options["slug"],
                email=options["email"],
                phone=options["phone"],
                postcodes=_postcodes(options),
                admin_email=options["admin_email"],
                by=None,
                now=timezone.now(),
                **rules,
            )
        except DomainError as error:
            with override("en"):
                raise CommandError(sentence(error)) from error
        serves = (
            f"{len(office.service_postcodes)} postcodes" if office.service_postcodes else "the drawn area"
        )
        self.stdout.write(f"{office.name} is open and serves {serves}.")
        self.stdout.write(
            f"{options['admin_email']} gets an invitation by mail and signs in with that address."
        )


def _check_spelling(options: dict[str, Any]) -> None:
    checks = (("slug", validate_slug), ("email", validate_email), ("admin_email", validate_email))
    for name, check in checks:
        try:
            check(options[name])
        except ValidationError as error:
            raise CommandError(f"--{name.replace('_', '-')} {options[name]}: {error.messages[0]}") from error
    for name, longest in (("name", 120), ("slug", 50), ("phone", 40), ("label", 60)):
        if len(options[name] or "") > longest:
            raise CommandError(f"{name}: at most {longest} characters")


def _postcodes(options: dict[str, Any]) -> list[str]:
    if options["postcodes"]:
        return [part.strip() for part in options["postcodes"].split(",") if part.strip()]
    found: list[str] = []
    for district in options["district"] or ():
        served = postcodes_of_district(district)
        if not served:
            raise CommandError(
                f"--district {district}: the gazetteer knows no postcode there; is the key right, "
                "and has manage.py import_gazetteer run?"
            )
        found += served
    return found


def _area(path: Path) -> Any:
    try:
        return read_area(json.loads(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise CommandError(f"--area {path}: {error.strerror}") from error
    except ValueError as error:  # no UTF-8, no JSON, no area
        reason = sentence(error) if isinstance(error, GeoError) else str(error)
        raise CommandError(f"--area {path}: {reason}") from error
