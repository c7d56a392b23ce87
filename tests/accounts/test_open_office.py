"""How does an office come into being, from the command line?"""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from backend.accounts.models import Office, User
from backend.accounts.queries import office_for
from backend.accounts.roles import Role
from notifications import outbox
from notifications.models import Delivery
from tests import factories as make
from tests.factories import NOW

BOX = [[[7.8, 53.4], [8.0, 53.4], [8.0, 53.7], [7.8, 53.7], [7.8, 53.4]]]


def run(*arguments: str, **replaced: Any) -> str:
    out = StringIO()
    options = {
        "slug": "emden",
        "email": "office@emden.example",
        "admin_email": "chef@emden.example",
    } | replaced
    typed = [f"--{name.replace('_', '-')}={value}" for name, value in options.items()]
    call_command("open_office", "Leitstelle Emden", *typed, *arguments, stdout=out)
    return out.getvalue()


@pytest.fixture(autouse=True)
def places(db: None) -> None:
    make.a_gazetteer()


def test_with_postcodes_and_an_invited_administrator() -> None:
    said = run("--postcodes=49084, 49074", "--self-registration", "--label=Stelle", "--phone=04921 1")
    office = Office.objects.get()
    assert office.service_postcodes == ["49074", "49084"]
    assert (office.label, office.phone, office.accepts_self_registration) == ("Stelle", "04921 1", True)
    assert "2 postcodes" in said and "chef@emden.example" in said
    admin = User.objects.get()
    assert admin.has_role(Role.ADMIN, office_id=office.pk)
    outbox.fan_out(now=NOW)
    (delivery,) = Delivery.objects.all()
    assert (delivery.template, delivery.recipient) == ("user_invited", admin)


def test_with_districts() -> None:
    run("--district", "03404", "03459")
    assert Office.objects.get().service_postcodes == ["49074", "49076", "49084", "49324"]


@pytest.mark.parametrize("kind", ["Polygon", "Feature", "FeatureCollection"])
def test_with_an_area(tmp_path: Path, kind: str) -> None:
    drawn: dict[str, Any] = {"type": "Polygon", "coordinates": BOX}
    if kind != "Polygon":
        drawn = {"type": "Feature", "geometry": drawn, "properties": {}}
    if kind == "FeatureCollection":
        drawn = {"type": "FeatureCollection", "features": [drawn]}
    path = tmp_path / "area.geojson"
    path.write_text(json.dumps(drawn))
    run(f"--area={path}")
    assert office_for(postcode="26441", point=make.Point(7.9008, 53.5741, srid=4326)) == Office.objects.get()


@pytest.mark.parametrize(
    ("arguments", "replaced", "says"),
    [
        (["--postcodes=49074,4907"], {}, "five digits"),
        (["--postcodes=49074,12345"], {}, "12345"),
        (["--postcodes=,"], {}, "at least one postcode"),
        (["--district", "99999"], {}, "knows no postcode"),
        (["--area=nowhere.geojson"], {}, "No such file"),
        (["--postcodes=49074"], {"slug": "Em den"}, "--slug"),
        (["--postcodes=49074"], {"admin_email": "chef"}, "--admin-email"),
        ([], {}, "--postcodes"),
    ],
)
def test_what_is_wrong_is_said(arguments: list[str], replaced: dict[str, str], says: str) -> None:
    with pytest.raises(CommandError, match=says):
        run(*arguments, **replaced)
    assert not Office.objects.exists()
    assert not User.objects.exists()


@pytest.mark.parametrize(
    "drawn",
    [
        "[",
        "[]",
        json.dumps({"type": "Point", "coordinates": [8, 53]}),
        json.dumps({"type": "Polygon", "coordinates": []}),
        json.dumps({"type": "Polygon", "coordinates": [[[8, 52], [9, 53], [9, 52], [8, 53], [8, 52]]]}),
        json.dumps({"type": "Polygon", "coordinates": [[[53, 7], [53, 8], [54, 8], [53, 7]]]}),
    ],
)
def test_areas_that_are_none(tmp_path: Path, drawn: str) -> None:
    path = tmp_path / "area.geojson"
    path.write_text(drawn)
    with pytest.raises(CommandError, match="--area"):
        run(f"--area={path}")


def test_a_name_is_taken_once() -> None:
    make.an_office("osnabrueck", ["49076"])
    with pytest.raises(CommandError, match="osnabrueck"):
        run("--postcodes=49074", slug="osnabrueck")
