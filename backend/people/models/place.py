"""Where something is: an address, a point, and how precise the point is."""

from django.contrib.gis.db import models
from django.db.models import Q

from backend.keys import Keyed
from geo.geocoding import Precision
from geo.postgis import WGS84_SRID

COARSE = (Precision.POSTCODE, Precision.PLACE, Precision.CELL)


class Place(Keyed):
    """A place. A private one carries no street and no point finer than a postal code or a 1-km cell."""

    street = models.CharField(max_length=120, blank=True)
    postcode = models.CharField(max_length=5, blank=True)
    place = models.CharField(max_length=80)
    point = models.PointField(srid=WGS84_SRID)
    precision = models.CharField(max_length=10, choices=[(p.value, p.value) for p in Precision])
    private = models.BooleanField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(private=False) | Q(street="", precision__in=[p.value for p in COARSE]),
                name="private_place_is_coarse",
            ),
        ]

    class Privacy:
        personal = ("street", "postcode", "place", "point")
        plain = ("id", "precision", "private")
        keep_for = "as long as its owner"
        counted_from = None
