"""Which office serves a place?"""

from datetime import timedelta

import pytest
from django.contrib.gis.geos import MultiPolygon, Point, Polygon

from backend.accounts.models import Office
from backend.accounts.queries import office_for
from backend.errors import RuleViolated
from tests import factories as make
from tests.asserting import refused
from tests.conftest import Cast
from tests.factories import NOW

MELLE = Point(8.3389, 52.1977, srid=4326)


def square(west: float, south: float, east: float, north: float) -> MultiPolygon:
    return MultiPolygon(Polygon.from_bbox((west, south, east, north)), srid=4326)


AROUND_MELLE = square(8.2, 52.1, 8.5, 52.3)


@pytest.fixture
def melle(cast: Cast) -> Office:
    """An office with a drawn area that also lies in the postal codes of Osnabrück."""
    return make.an_office("melle", [], service_area=AROUND_MELLE)


def test_by_postcode(cast: Cast) -> None:
    assert office_for(postcode="49324", point=MELLE) == cast.osnabrueck
    assert office_for(postcode="26441", point=None) == cast.friesland


def test_a_drawn_area_wins(melle: Office) -> None:
    assert office_for(postcode="49324", point=MELLE) == melle
    assert office_for(postcode="", point=MELLE) == melle


def test_without_a_point_only_the_postcode_speaks(cast: Cast, melle: Office) -> None:
    assert office_for(postcode="49324", point=None) == cast.osnabrueck


def test_the_edge_belongs_to_the_area(melle: Office) -> None:
    assert office_for(postcode="", point=Point(8.2, 52.2, srid=4326)) == melle


def test_postal_codes_of_an_office_with_a_drawn_area_do_not_count(cast: Cast) -> None:
    make.an_office("elsewhere", ["33602"], service_area=AROUND_MELLE)
    Office.objects.filter(pk=cast.osnabrueck.pk).update(service_postcodes=["49074"])
    with refused(RuleViolated, "no_office_serves_place"):
        office_for(postcode="33602", point=Point(8.53, 52.02, srid=4326))


def test_of_two_drawn_areas_the_older_office_serves(melle: Office) -> None:
    younger = make.an_office("younger", [], service_area=square(8.0, 52.0, 8.6, 52.4))
    assert office_for(postcode="", point=MELLE) == melle
    Office.objects.filter(pk=younger.pk).update(created_at=NOW - timedelta(days=1))
    assert office_for(postcode="", point=MELLE) == younger


def test_only_among_the_offices_given(cast: Cast) -> None:
    with refused(RuleViolated, "no_office_serves_place", field="postcode", postcode="49074"):
        office_for(postcode="49074", point=None, among={cast.friesland.pk})


@pytest.mark.parametrize("postcode", ["80331", "", "4907"])
def test_nobody_serves_it(cast: Cast, postcode: str) -> None:
    with refused(RuleViolated, "no_office_serves_place", field="postcode", postcode=postcode):
        office_for(postcode=postcode, point=Point(11.57, 48.14, srid=4326))


def test_the_local_date_is_that_of_the_office(cast: Cast) -> None:
    after_midnight = make.at(5, 0, 30, month=7)
    assert after_midnight.astimezone(NOW.tzinfo).day == 4
    assert cast.osnabrueck.local_date(after_midnight).day == 5
