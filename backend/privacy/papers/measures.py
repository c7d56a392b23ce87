"""The technical and organisational measures by the seven protection goals of the Standard Data Protection Model."""

from collections.abc import Iterator, Mapping

from django.conf import settings

from backend.privacy.own_models import own_models
from backend.privacy.papers.german import DRAWN, TO_FILL, table
from backend.privacy.rotation import sealed_fields


def measures() -> str:
    """The paper as Markdown."""
    return "\n".join(_lines())


def _lines() -> Iterator[str]:
    yield "# Technische und organisatorische Maßnahmen"
    yield ""
    yield f"Nach Art. 32 DSGVO, gegliedert nach den sieben Gewährleistungszielen des Standard-Datenschutzmodells (DSK, SDM 3.1). {DRAWN}"
    for goal, rows in _goals().items():
        yield ""
        yield f"## {goal}"
        yield ""
        yield from table(("Maßnahme", "gezeigt durch"), rows)
    yield ""
    yield "## Was der Betrieb beisteuert"
    yield ""
    yield f"Zutritt zum Rechner, Verträge, Schulung, Vertretung, Meldeweg bei Verletzungen (Art. 33, 34): {TO_FILL}"
    yield ""


def _goals() -> Mapping[str, list[tuple[str, str]]]:
    classified = len(list(own_models()))
    sealed = len(list(sealed_fields()))
    return {
        "Datenminimierung": [
            (
                "Fallkennung statt Name; Aufenthaltsstatus und Geburtsland sind nirgends einzutragen",
                "`backend/people/models/help_seeker.py`",
            ),
            (
                "Wohnort nur als Postleitzahl oder Kilometerzelle, durch die Datenbank erzwungen",
                "`backend/people/models/place.py`",
            ),
            (
                f"Jedes Feld aller {classified} Tabellen ist als personenbezogen oder nicht eingestuft; ein Test schlägt bei einer Lücke an",
                "`tests/architecture/test_privacy_classes.py`",
            ),
            ("Nächtliches Löschen nach den erklärten Fristen", "`tests/privacy/test_retention.py`"),
            (
                "Vom Führungszeugnis nur Datum, einsehende Person, ja oder nein",
                "`tests/privacy/test_rotation.py::test_a_background_check_is_a_date_a_person_and_a_yes_or_no`",
            ),
        ],
        "Verfügbarkeit": [
            (
                "Nachrichten als Zeilen mit Wiederholung; ein abgestürzter Prozess verliert keine",
                "`tests/faults/test_kills.py`",
            ),
            (
                f"Sicherung mit Nachweis der Gleichheit nach Wiederherstellung; {settings.BACKUP_KEEP} werden gehalten",
                "`tests/faults/test_backup.py`",
            ),
            (
                "Schlüsselwechsel, der jederzeit angehalten und fortgesetzt werden kann",
                "`tests/privacy/test_rotation.py`",
            ),
        ],
        "Integrität": [
            (
                "Journal und Zugriffsprotokoll weisen Änderungen durch Auslöser der Datenbank ab",
                "`backend/journal/migrations/0002_append_only.py`",
            ),
            (
                "Verschlüsselte Werte sind an Tabelle, Spalte und Zeile gebunden; verschobene oder veränderte öffnen sich nicht",
                "`tests/people/test_vault.py`",
            ),
            (
                "Zustände wechseln nur entlang einer Tabelle, gehalten durch die Datenbank",
                "`tests/architecture/test_states.py`",
            ),
        ],
        "Vertraulichkeit": [
            (
                f"{sealed} Felder einzeln mit AES-256-GCM verschlüsselt, Schlüssel außerhalb von Datenbank und Sicherung",
                "`tests/people/test_vault.py`",
            ),
            (
                "Protokolle, Messwerte, Zwischenspeicher und Nachrichten ohne Namen: markierte Wörter werden gesucht",
                "`tests/privacy/test_leaks.py`",
            ),
            (
                "Datenbank und Warteschlange haben kein Netz; was den Rechner verlässt, geht über geprüftes TLS",
                "`tests/operations/test_connections.py`",
            ),
            (
                "Jede Seite nennt, für wen sie ist; ohne Angabe kommt niemand durch",
                "`tests/architecture/test_gates.py`",
            ),
            (
                f"Sitzungen enden nach {settings.SESSION_COOKIE_AGE // 86400} Tagen; Auskunft, Öffnen und Löschen verlangen eine "
                f"Anmeldung der letzten {settings.ACCOUNT_REAUTHENTICATION_TIMEOUT // 60} Minuten",
                "`tests/web/test_my_data.py`",
            ),
        ],
        "Nichtverkettung": [
            (
                "Zwei Speicher: pseudonyme Anfragen für die Vermittlung, Namen im Tresor, geöffnet nur mit Grund",
                "`tests/people/test_vault.py`",
            ),
            (
                "Fallkennungen gelten je Stelle: zwei Stellen erfahren nicht voneinander",
                "`backend/people/models/help_seeker.py`",
            ),
            (
                "Berichte unterdrücken Zellen unter fünf, auch gegen Rückrechnen",
                "`backend/reporting/discretion.py`",
            ),
        ],
        "Transparenz": [
            (
                "Verzeichnis, Löschkonzept und dieses Papier werden aus der Konfiguration gezeichnet",
                "`tests/architecture/test_generated_docs.py`",
            ),
            (
                "Auskunft lesbar und als Datei, mit der Liste, wer wann Daten geöffnet hat",
                "`tests/privacy/test_export.py`",
            ),
            (
                "Datenschutzhinweise in neun Sprachen nennen Zweck, Grundlage und Frist",
                "`backend/web/privacy_notice.py`",
            ),
        ],
        "Intervenierbarkeit": [
            (
                "Auskunft, Löschung und Widerruf selbst oder durch die Leitstelle, auch ohne Zugang",
                "`tests/privacy/test_for_those_who_call.py`",
            ),
            (
                "Löschung wirkt auch nach der Wiederherstellung einer älteren Sicherung",
                "`tests/privacy/test_for_those_who_call.py`",
            ),
            ("Eigene Fristen je Leitstelle innerhalb von Grenzen", "`tests/privacy/test_nightly_run.py`"),
        ],
    }
