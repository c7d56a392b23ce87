"""The draft of a data protection impact assessment (Art. 35 GDPR): what could go wrong for people, and what stands against it."""

from collections.abc import Iterator
from dataclasses import dataclass

from backend.privacy.papers.german import DRAWN, TO_FILL, personal_entries, table
from backend.privacy.rotation import sealed_fields


@dataclass(frozen=True)
class Risk:
    """`before` and `after` are (likelihood, severity), each 1 to 4 as the supervisory authorities count."""

    what: str
    harm: str
    before: tuple[int, int]
    against: str
    shown_by: str
    after: tuple[int, int]


RISKS = (
    Risk(
        "Unbefugte lesen Namen, Telefonnummern oder Treffpunkte aus der Datenbank oder einer Sicherung",
        "Bedrohung, Stigmatisierung, Rückschluss auf Herkunft, Religion, Gesundheit",
        (3, 4),
        "Tresor mit AES-256-GCM, Schlüssel außerhalb von Datenbank und Sicherung, an Zeile und Spalte gebunden; "
        "Fallkennung statt Name",
        "`tests/people/test_vault.py`, `tests/privacy/test_leaks.py`",
        (1, 4),
    ),
    Risk(
        "Eine Leitstelle oder ein Programm sieht Daten einer anderen",
        "Weitergabe ohne Rechtsgrundlage",
        (3, 3),
        "jede Liste beginnt bei dem, was die Person sehen darf; fremde Kennungen antworten wie nicht vorhandene",
        "`tests/architecture/test_gates.py`",
        (1, 3),
    ),
    Risk(
        "Protokolle, Fehlermeldungen oder Messwerte tragen Namen weiter",
        "unbemerkte Verbreitung in Systeme ohne Schutz und Frist",
        (3, 3),
        "Protokollzeilen ohne Werte und Fehlertexte; markierte Namen laufen durch jeden Ablauf und werden gesucht",
        "`tests/privacy/test_leaks.py`",
        (1, 3),
    ),
    Risk(
        "Daten bleiben, obwohl sie nicht mehr gebraucht werden",
        "wachsende Sammlung besonderer Kategorien",
        (3, 3),
        "nächtlicher Lauf nach denselben Angaben, aus denen dieses Papier gezeichnet ist",
        "`tests/privacy/test_retention.py`",
        (1, 2),
    ),
    Risk(
        "Eine wiederhergestellte Sicherung bringt Gelöschte zurück",
        "Löschung wird unwirksam",
        (2, 3),
        "Löschregister neben der Datenbank, das nach jeder Wiederherstellung nachgespielt wird",
        "`tests/privacy/test_for_those_who_call.py`",
        (1, 3),
    ),
    Risk(
        "Mitarbeitende öffnen Daten ohne Anlass",
        "Bruch der Vertraulichkeit",
        (3, 3),
        "jedes Öffnen mit Grund im Protokoll, das die Person selbst und die Datenschutzbeauftragten einsehen",
        "`tests/people/test_vault.py`, `tests/web/test_access_log.py`",
        (2, 2),
    ),
    Risk(
        "Die Rangfolge benachteiligt Menschen mittelbar",
        "weniger Hilfe, ungleiche Belastung der Ehrenamtlichen",
        (2, 3),
        "Gründe und Ausschlüsse je Person, Beiträge summieren sich zum Wert, ein Mensch entscheidet; Geschlecht und "
        "Sprache gehen nicht in die Antwortschätzung ein",
        "`tests/matching/test_constraints.py`",
        (1, 2),
    ),
    Risk(
        "Eine Nachricht geht verloren oder an die Falschen",
        "Termin platzt; Fremde erfahren von einem Anliegen",
        (2, 3),
        "Zustellung als Zeile mit Wiederholung; keine Nachricht nennt, wen man begleitet",
        "`tests/notifications/test_no_client_data.py`",
        (1, 2),
    ),
    Risk(
        "Jemand gibt sich am Telefon als eine andere Person aus und verlangt Auskunft oder Löschung",
        "Auskunft an Unbefugte, Verlust eigener Daten",
        (2, 3),
        "Hinweis zur Prüfung der Person, frische Anmeldung der Leitstelle, Ereignis und Zugriffszeile",
        "`tests/web/test_data_rights.py`",
        (1, 3),
    ),
)
WORDS = {1: "gering", 2: "begrenzt", 3: "hoch", 4: "sehr hoch"}


def impact_assessment() -> str:
    """The paper as Markdown."""
    return "\n".join(_lines())


def _lines() -> Iterator[str]:
    entries = personal_entries()
    fields = sum(len(entry.personal) for entry in entries)
    sealed = len(list(sealed_fields()))
    yield "# Datenschutz-Folgenabschätzung: Entwurf"
    yield ""
    yield f"Nach Art. 35 DSGVO; Gliederung nach Abs. 7. {DRAWN}"
    yield ""
    yield "Ein Entwurf: Abwägung und Freigabe sind Sache der verantwortlichen Stelle. Was sie ergänzen muss, ist markiert."
    yield ""
    yield "## 1. Ist eine Folgenabschätzung nötig?"
    yield ""
    yield "Ja, davon ist auszugehen: Sprache und Anliegen lassen auf Herkunft, Religion oder Gesundheit schließen (Art. 9"
    yield "Abs. 1 DSGVO), die Betroffenen sind schutzbedürftig, und Menschen werden nach Merkmalen geordnet vorgeschlagen"
    yield "(Art. 35 Abs. 3 Buchst. b; Kriterien der Leitlinien WP 248 Rev. 01 der Artikel-29-Gruppe)."
    yield ""
    yield "## 2. Beschreibung"
    yield ""
    yield f"Der Dienst hält {len(entries)} Arten von Daten mit {fields} personenbezogenen Feldern; {sealed} Felder sind einzeln"
    yield "verschlüsselt. Was je Verarbeitung gespeichert wird, steht im [Verzeichnis](record-of-processing.md), wie lange im"
    yield "[Löschkonzept](deletion-concept.md), die Maßnahmen in [tom.md](tom.md)."
    yield ""
    yield "Ablauf: Eine Stelle fragt für eine Person an (Fallkennung statt Name) → der Dienst schlägt geeignete Lotsinnen und"
    yield "Lotsen mit Gründen vor → die Leitstelle fragt → wer zusagt, wird von der Leitstelle beauftragt → erst dann sind"
    yield "Treffpunkt und Kontakt zu sehen → beide Seiten berichten → Zahlen bleiben, Personen gehen."
    yield ""
    yield "## 3. Notwendigkeit und Verhältnismäßigkeit"
    yield ""
    yield "- Aufenthaltsstatus und Geburtsland können nirgends eingetragen werden."
    yield "- Der Wohnort wird nur als Postleitzahl oder Kilometerzelle geführt, vor der Bestätigung sieht niemand mehr."
    yield "- Vom Führungszeugnis wird nur gespeichert, dass, wann und durch wen es eingesehen wurde und ob etwas entgegensteht."
    yield "- Niemand wird ohne einen Menschen ausgewählt (Art. 22)."
    yield "- Auskunft, Berichtigung, Löschung, Mitnahme und Widerruf sind Funktionen, auch für Menschen ohne Zugang."
    yield f"- Standpunkt der Betroffenen (Art. 35 Abs. 9): {TO_FILL}"
    yield ""
    yield "## 4. Risiken und Abhilfe"
    yield ""
    yield "Eintritt / Schwere auf der vierstufigen Skala der DSK (Kurzpapier Nr. 18): gering, begrenzt, hoch, sehr hoch."
    yield ""
    yield from table(
        ("Risiko", "möglicher Schaden", "ohne Maßnahmen", "Maßnahmen", "gezeigt durch", "verbleibend"),
        (
            (risk.what, risk.harm, _level(risk.before), risk.against, risk.shown_by, _level(risk.after))
            for risk in RISKS
        ),
    )
    yield ""
    yield "## 5. Was offen bleibt"
    yield ""
    yield "- Wer auf dem Rechner des Dienstes Verwalterrechte hat, erreicht Datenbank und Schlüssel zugleich: Das ist durch"
    yield f"  Rollen und Verträge des Betriebs zu regeln. {TO_FILL}"
    yield "- Anmeldeadressen stehen in Klarschrift in der Datenbank: Ohne sie kann sich niemand anmelden."
    yield "- Ein freies Notizfeld kann trotz des Hinweises Namen oder Diagnosen aufnehmen; es ist verschlüsselt und wird mit"
    yield "  der Frist des Tresors gelöscht."
    yield f"- Rat der Datenschutzbeauftragten (Art. 35 Abs. 2) und Ergebnis der Abwägung: {TO_FILL}"
    yield ""


def _level(found: tuple[int, int]) -> str:
    likelihood, severity = found
    return f"{WORDS[likelihood]} / {WORDS[severity]}"
