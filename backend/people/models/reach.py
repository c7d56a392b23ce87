"""Who could come at all: the search table that the geographic prefilter of matching reads.

One row per pilot, office and understood language, written with the profile. `box` is the home point grown by the
reach, in metres (EPSG:25832), so that one GiST index answers "who understands this language and reaches this point".
"""

from django.contrib.gis.db import models
from django.contrib.postgres.indexes import GistIndex

from backend.accounts.models import Office
from backend.keys import Keyed
from backend.people.models.pilot import Pilot
from geo.postgis import METRIC_SRID


class Reach(Keyed):
    pilot = models.ForeignKey(Pilot, on_delete=models.CASCADE, related_name="reaches")
    office = models.ForeignKey(Office, on_delete=models.CASCADE, related_name="+")
    language = models.CharField(max_length=16)
    level = models.PositiveSmallIntegerField()  # the weaker of the two directions
    speaks = models.PositiveSmallIntegerField(default=0)
    understands = models.PositiveSmallIntegerField(default=0)
    via = models.CharField(max_length=16)
    point = models.PointField(srid=METRIC_SRID, spatial_index=False)
    reach_km = models.PositiveSmallIntegerField()
    box = models.PolygonField(srid=METRIC_SRID, spatial_index=False)

    class Meta:
        constraints = [models.UniqueConstraint("pilot", "office", "language", name="reach_once")]
        indexes = [
            GistIndex(fields=["office", "language", "box"], name="reach_search"),
            models.Index(fields=["office", "language"], name="reach_remote"),
        ]

    class Privacy:
        personal = ("language", "level", "speaks", "understands", "via", "point", "box")
        plain = ("id", "pilot", "office", "reach_km")
        keep_for = "as long as the pilot is active"
        counted_from = None
