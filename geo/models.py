"""Which places do we know without asking anybody?"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import ClassVar

from django.contrib.gis.db import models
from django.db import transaction
from uuid_utils.compat import uuid7

from geo.address import normalise_place
from geo.geocoding import GeoPoint, Precision
from geo.imports import PlaceRow
from geo.outlines import OutlineRow
from geo.postgis import WGS84_SRID, to_geopoint, to_point

_BATCH = 2000
_COMPARED = ("district_code", "state_code", "point", "precision")


@dataclass(frozen=True)
class Saved:
    """How many entries an import added, changed, and found as they were."""

    added: int
    changed: int
    unchanged: int


class GazetteerManager(models.Manager["GazetteerEntry"]):
    """Reading and filling the gazetteer."""

    @transaction.atomic
    def save_rows(
        self, rows: Iterable[PlaceRow], *, progress: Callable[[int], None] = lambda _: None
    ) -> Saved:
        """Add or change one entry per row, all or nothing; rows must not repeat a place of a postcode."""
        wanted = [GazetteerEntry.from_row(row) for row in rows]
        countries = {entry.country for entry in wanted}
        known = {entry.key: entry for entry in self.filter(country__in=countries)}
        added = [entry for entry in wanted if entry.key not in known]
        changed = [entry for entry in wanted if entry.key in known and not entry.equals(known[entry.key])]
        # An import running beside this one may have added the same places: the constraint settles it.
        writes = added + changed
        for start in range(0, len(writes), _BATCH):
            self.bulk_create(
                writes[start : start + _BATCH],
                update_conflicts=True,
                unique_fields=["country", "postcode", "place"],
                update_fields=[*_COMPARED, "place_key"],
            )
            progress(min(start + _BATCH, len(writes)))
        return Saved(len(added), len(changed), len(wanted) - len(writes))


class GazetteerEntry(models.Model):
    """One place within one postcode area; data from GeoNames (geonames.org), CC BY 4.0."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    country = models.CharField(max_length=2, default="DE")
    postcode = models.CharField(max_length=5)
    place = models.CharField(max_length=180)
    place_key = models.CharField(max_length=400, editable=False)  # written out, umlauts take two letters
    district_code = models.CharField(max_length=5)  # AGS of the Kreis or kreisfreie Stadt
    state_code = models.CharField(max_length=2)
    point = models.PointField(srid=WGS84_SRID)
    precision = models.CharField(max_length=8, choices=Precision.choices)

    objects: ClassVar[GazetteerManager] = GazetteerManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["country", "postcode", "place"], name="gazetteer_place_unique"),
            models.CheckConstraint(
                condition=models.Q(postcode__regex=r"^\d{5}$"), name="gazetteer_postcode_form"
            ),
            models.CheckConstraint(
                condition=models.Q(precision__in=Precision.values), name="gazetteer_precision_known"
            ),
        ]
        indexes = [
            # The pattern classes serve prefixes (LIKE 'mel%') in every collation.
            models.Index(fields=["postcode"], name="gazetteer_postcode", opclasses=["varchar_pattern_ops"]),
            models.Index(fields=["place_key"], name="gazetteer_place_key", opclasses=["varchar_pattern_ops"]),
        ]
        verbose_name_plural = "gazetteer entries"

    class Privacy:
        personal: tuple[str, ...] = ()
        plain: tuple[str, ...] = (
            "id",
            "country",
            "postcode",
            "place",
            "place_key",
            "district_code",
            "state_code",
            "point",
            "precision",
        )
        keep_for: str | None = None
        counted_from: str | None = None

    def __str__(self) -> str:
        return f"{self.postcode} {self.place}"

    @classmethod
    def from_row(cls, row: PlaceRow) -> GazetteerEntry:
        """An unsaved entry for a checked row."""
        return cls(
            country=row.country,
            postcode=row.postcode,
            place=row.place,
            place_key=normalise_place(row.place),
            district_code=row.district_code,
            state_code=row.state_code,
            point=to_point(GeoPoint(lat=row.lat, lon=row.lon)),
            precision=row.precision,
        )

    @property
    def key(self) -> tuple[str, str, str]:
        """What names the entry besides its id."""
        return (self.country, self.postcode, self.place)

    @property
    def coordinates(self) -> GeoPoint:
        """The entry's point, checked."""
        return to_geopoint(self.point)

    def equals(self, other: GazetteerEntry) -> bool:
        """Whether both say the same of the place."""
        same = all(getattr(self, name) == getattr(other, name) for name in _COMPARED)
        return same and self.place_key == other.place_key


class OutlineManager(models.Manager["Outline"]):
    """Filling the outlines."""

    def save_rows(self, rows: Iterable[OutlineRow], *, source: str) -> None:
        """Add or change one outline per row, all or nothing."""
        self.bulk_create(
            [Outline(key=row.key, name=row.name, source=source, area=row.area) for row in rows],
            update_conflicts=True,
            unique_fields=["key"],
            update_fields=["name", "source", "area"],
        )


class Outline(models.Model):
    """The outline of a municipality, to draw it; nothing is decided by it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    key = models.CharField(max_length=20, unique=True)  # AGS
    name = models.CharField(max_length=120)
    source = models.CharField(max_length=200)  # named below the map, as licences want it
    area = models.MultiPolygonField(srid=WGS84_SRID)

    objects: ClassVar[OutlineManager] = OutlineManager()

    class Meta:
        ordering = ["key"]

    class Privacy:
        personal: tuple[str, ...] = ()
        plain: tuple[str, ...] = ("id", "key", "name", "source", "area")
        keep_for: str | None = None
        counted_from: str | None = None

    def __str__(self) -> str:
        return self.name
