"""manage.py import_gazetteer fills the table, says what it refused, and may be run again."""

import csv
import io

import pytest
from django.core.management import CommandError, call_command

from geo.distances import distance_km
from geo.gazetteer import find, resolve
from geo.imports import ATTRIBUTION
from geo.models import GazetteerEntry
from tests.geo.place_rows import SMALL_LIST, geonames


def run(*arguments, **options):
    out = io.StringIO()
    call_command("import_gazetteer", *map(str, arguments), stdout=out, **options)
    return out.getvalue()


@pytest.fixture
def place_list(tmp_path):
    def write(lines, encoding="utf-8"):
        path = tmp_path / "places.tsv"
        path.write_text("\n".join(lines) + "\n", encoding=encoding)
        return path

    return write


BAD = [
    geonames("49324", "Melle", "03459", 8.3389, 52.1977),
    *(geonames("4932", f"Ort {i}", "03459", 52.2, 8.3) for i in range(25)),
]


@pytest.mark.django_db
def test_refused_rows_are_counted_shown_and_written(place_list, tmp_path):
    refused = tmp_path / "refused.csv"
    text = run(place_list([*SMALL_LIST, *BAD]), "--refused", refused)
    assert f"{len(SMALL_LIST)} rows are good, 26 refused" in text
    assert "25  postcode_malformed" in text and "1  coordinates_swapped" in text
    assert "line 16: coordinates_swapped" in text
    assert "line 35: postcode_malformed" in text and "line 36:" not in text
    assert "6 more" in text
    assert f"{len(SMALL_LIST)} added" in text and ATTRIBUTION in text
    rows = list(csv.DictReader(refused.read_text(encoding="utf-8").splitlines()))
    assert len(rows) == 26
    assert rows[0] == {"line": "16", "reason": "coordinates_swapped", "text": BAD[0]}
    assert GazetteerEntry.objects.count() == len(SMALL_LIST)


@pytest.mark.django_db
def test_running_again_changes_nothing(place_list):
    path = place_list(SMALL_LIST, encoding="utf-8-sig")
    run(path)
    before = list(GazetteerEntry.objects.order_by("pk").values())
    assert f"0 added, 0 changed, {len(SMALL_LIST)} as before" in run(path)
    assert list(GazetteerEntry.objects.order_by("pk").values()) == before


@pytest.mark.django_db
def test_a_refused_row_runs_nothing_in_a_spreadsheet(place_list, tmp_path):
    refused = tmp_path / "refused.csv"
    run(place_list([*SMALL_LIST, '=HYPERLINK("http://x")', " @SUM(A1)"]), "--refused", refused)
    rows = list(csv.DictReader(refused.read_text(encoding="utf-8").splitlines()))
    assert [row["text"][0] for row in rows] == ["'", "'"]


@pytest.mark.django_db
def test_a_failure_on_the_way_leaves_the_table_as_it_was(place_list, monkeypatch):
    monkeypatch.setattr("geo.models._BATCH", 4)

    def fails_late(self, rows, **options):
        if rows[0].postcode == "49577":
            raise RuntimeError("power cut")
        return bulk_create(rows, **options)

    bulk_create = GazetteerEntry.objects.bulk_create
    monkeypatch.setattr("geo.models.GazetteerManager.bulk_create", fails_late)
    with pytest.raises(RuntimeError, match="power cut"):
        run(place_list(SMALL_LIST))
    assert GazetteerEntry.objects.count() == 0


@pytest.mark.django_db
def test_quiet_means_quiet(place_list):
    assert run(place_list(SMALL_LIST), verbosity=0) == ""
    assert GazetteerEntry.objects.count() == len(SMALL_LIST)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("content", "message"),
    [(b"", "no row"), (b"hello\n", "no row"), (b"DE\t49324\tM\xfcnster\n", "UTF-8"), (None, "No such file")],
)
def test_a_file_that_is_no_list_is_an_error(content, message, tmp_path):
    path = tmp_path / "places.tsv"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(CommandError, match=message):
        run(path)
    assert GazetteerEntry.objects.count() == 0


# --- the packaged list, once for all tests below


@pytest.fixture(scope="module")
def packaged(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock():
        text = run()
        yield text
        GazetteerEntry.objects.all().delete()


@pytest.fixture
def filled(packaged, db):
    return packaged


def test_the_packaged_list_brings_germany(filled):
    assert "16475 rows are good, 2 refused" in filled
    assert "far_from_postcode_area: DE\t03202\tLuckow-Petershagen" in filled
    assert "district_missing: DE\t87491\tJungholz" in filled
    assert GazetteerEntry.objects.values("district_code").distinct().count() == 400
    assert GazetteerEntry.objects.values("state_code").distinct().count() == 16


def test_distances_from_the_packaged_list(filled):
    """The east of Osnabrück is 20 km from Melle; the middles of the towns are 22 and 42 km apart."""
    east, melle = resolve(postcode="49084").point, resolve(postcode="49324").point
    assert distance_km(east, melle) == pytest.approx(20, abs=1)
    osnabrueck, melle, bielefeld = (resolve(place=name).point for name in ("Osnabrück", "Melle", "Bielefeld"))
    assert distance_km(osnabrueck, melle) == pytest.approx(21.5, abs=1)
    assert distance_km(osnabrueck, bielefeld) == pytest.approx(43, abs=1)


def test_completion_from_the_packaged_list(filled):
    assert [str(entry) for entry in find("melle")][:3] == ["49324 Melle", "49326 Melle", "49328 Melle"]
    assert len(find("4907")) == 3


def test_large_towns_are_one_place(filled, refuses):
    for name in ("Berlin", "Hamburg", "Dresden", "Köln", "Bremen", "Hannover"):
        assert resolve(place=name).label == name
    assert refuses("place_ambiguous", resolve, place="Neustadt").facts["count"] > 10
