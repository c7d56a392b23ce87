"""The deletion concept: which kind of data ends when, how, and how that is proven."""

from collections.abc import Iterator

from django.conf import settings

from backend.privacy.papers.german import (
    DRAWN,
    ENDINGS,
    MOMENTS,
    NAMES,
    bounds,
    counted,
    fields,
    kept,
    name_of,
    period_of,
    personal_entries,
    table,
)
from backend.privacy.papers.remaining import ELSEWHERE, REMAINS
from backend.privacy.register import FOREIGN, SPANNING


def deletion_concept() -> str:
    """The paper as Markdown."""
    return "\n".join(_lines())


def _lines() -> Iterator[str]:
    yield "# Löschkonzept"
    yield ""
    yield DRAWN
    yield ""
    yield "Grundlagen: Art. 5 Abs. 1 Buchst. c und e, Art. 17 DSGVO; § 72a Abs. 5 SGB VIII (Vermerk über das"
    yield "Führungszeugnis: drei Monate nach Ende der Tätigkeit; kam keine zustande, unverzüglich). Der Gedanke der"
    yield "Löschregel aus Startzeitpunkt und Frist folgt DIN 66398. Alle Fristen sind Voreinstellungen; die Leitstelle"
    yield "setzt eigene Tage innerhalb der genannten Grenzen (Einstellungen → Wie lange Daten bleiben)."
    yield ""
    yield "## Löschregeln"
    yield ""
    with_period = [entry for entry in personal_entries() if entry.period is not None]
    yield from table(
        ("Datenart", "Frist", "ab", "dann", "Spielraum der Leitstelle"),
        (
            (
                name_of(entry.model),
                kept(entry),
                counted(entry),
                ENDINGS[entry.at_the_end],
                bounds(entry.office_period),
            )
            for entry in with_period
        ),
    )
    yield ""
    yield "## Ganze Personen"
    yield ""
    yield from table(
        ("Wer", "Frist", "ab", "Spielraum der Leitstelle"),
        (
            (name_of(rule.model), period_of(rule.preset), MOMENTS[rule.moment], bounds(rule.office_period))
            for rule in SPANNING
        ),
    )
    yield ""
    yield "## Was mit etwas anderem geht"
    yield ""
    yield from table(
        ("Datenart", "Dauer"),
        ((name_of(entry.model), kept(entry)) for entry in personal_entries() if entry.period is None),
    )
    yield ""
    yield "## Tabellen von Django und allauth"
    yield ""
    told = {
        "14 days": "14 Tage",
        "3 days": "3 Tage",
        "as long as the account": "solange der Zugang besteht",
    }
    yield from table(
        ("Tabelle", "Datenart", "Dauer"),
        (
            (f"`{label}`", NAMES.get(label, foreign.what), told.get(foreign.keep_for, foreign.keep_for))
            for label, foreign in FOREIGN.items()
        ),
    )
    yield ""
    yield "## Wie gelöscht wird"
    yield ""
    yield "- **Nächtlich von selbst.** Ab drei Uhr sieht der Zeitgeber alle fünf Minuten nach, ob der Lauf dieser Nacht"
    yield "  fertig ist, und setzt ihn sonst fort (`backend/privacy/retention.py`). Ein verpasster Lauf verzögert und"
    yield "  verliert nichts. Jeder Stapel ist eine Transaktion; zweimal gelaufen ändert er nichts."
    yield "- **Vorher sehen.** `manage.py retention --dry-run` zählt je Leitstelle und Datenart, was enden würde;"
    yield "  `--at` nimmt einen anderen Zeitpunkt an. Es ändert nichts."
    yield "- **Auf Wunsch der Person** (Art. 17): auf der Seite „Meine Daten“, oder durch die Leitstelle für jemanden, der"
    yield "  anruft. Vereinbarte Termine werden vorher zurückgegeben, alle Betroffenen erfahren es."
    yield "- **Nach Widerruf** (Art. 7 Abs. 3): sofort wird nicht mehr vermittelt; nach 30 Tagen ohne neue Einwilligung"
    yield "  wird gelöscht."
    yield "- **Zahlen bleiben.** Vor dem Löschen von Angeboten wird an der Anfrage gezählt, wie viele gefragt wurden und"
    yield "  geantwortet haben. Ein Jahresbericht ist nach dem Löschen derselbe; Zellen unter fünf zeigt er nicht."
    yield ""
    yield "## Datensicherungen"
    yield ""
    yield f"Es werden die letzten {settings.BACKUP_KEEP} Sicherungen gehalten, verschlüsselt für einen Schlüssel, der nicht"
    yield "auf dem Rechner liegt. Wer gelöscht wurde, ist in älteren Sicherungen noch enthalten, bis sie abgelaufen sind."
    yield "Damit eine Wiederherstellung niemanden zurückbringt, führt der Dienst ein **Löschregister**: eine Datei neben"
    yield "der Datenbank mit Prüfsummen, aus denen niemand zu erkennen ist (`ERASURE_LEDGER_FILE`). `restore` spielt es"
    yield "nach; einzeln geht es mit `manage.py replay_erasures`. Es gehört auf einen anderen Rechner gesichert, und nicht"
    yield "zusammen mit den Sicherungen."
    yield ""
    yield "## Was nach einer Löschung bleibt, und warum"
    yield ""
    yield "Diese Liste ist vollständig: Die Übung (`tests/faults/test_drill.py`) löscht von jeder Art eine Person, die alles"
    yield "durchlebt hat, und vergleicht jede Zeile, die von ihr bleibt, mit dieser Tabelle."
    yield ""
    yield from table(
        ("Was", "Tabellen", "Grund", "Wie lange", "Ohne Personenbezug, weil"),
        (
            (one.what, fields(one.models), one.reason, one.until, one.names_nobody)
            for one in (*REMAINS, *ELSEWHERE)
        ),
    )
    yield ""
    yield "## Nachweis"
    yield ""
    yield "`tests/privacy/test_retention.py` stellt jede Regel an ihre Grenze (eine Sekunde vorher bleibt, danach endet)"
    yield "und vergleicht die Berichte vor und nach dem Lauf; `tests/privacy/test_leaks.py` sucht markierte Wörter nach dem"
    yield "Löschen in Datenbank, Zwischenspeicher, Protokollen, Nachrichten und Seiten. Jeder Lauf hinterlässt eine Zeile"
    yield "mit Zahlen je Datenart (`RetentionRun`)."
    yield ""
    yield "`tests/faults/test_drill.py` (lang: `bin/bench drill`) übt es im Ganzen: Lotsin, Hilfesuchende mit und ohne Zugang,"
    yield "Mitarbeiterin einer anfragenden Stelle und der Leitstelle gehen mit markierten Namen, Adressen und Nummern durch alle"
    yield "Abläufe, werden gesichert (`manage.py backup`) und gelöscht. Gesucht wird im Klartextabzug der Datenbank, in jedem"
    yield "versiegelten Feld (mit den Schlüsseln geöffnet), in den Sitzungen, in allen Schlüsseln und Werten von Redis samt"
    yield "seiner Protokolldatei, im Poststand, in den Protokollen des Dienstes und des Datenbankservers: im Klartext, ohne"
    yield "Rücksicht auf Groß- und Kleinschreibung, als Base64, hexadezimal, prozentkodiert, quoted-printable, als JSON- und"
    yield "HTML-Zeichen und als Prüfsumme (MD5, SHA-1, SHA-256). Dann geht die Datenbank verloren, die ältere Sicherung kommt"
    yield "zurück (`manage.py restore`), und dieselbe Suche findet wieder nichts, während die Zeilen aller anderen Tabelle für"
    yield "Tabelle dieselben sind. Lässt man einen Schritt oder das Löschregister weg, schlägt die Übung an."
    yield ""
    yield "**Was sie nicht sieht:** die Dateien des Datenbankservers selbst. Gelöschte Zeilen liegen dort, bis PostgreSQL ihren"
    yield "Platz wieder braucht, und im Schreibprotokoll (WAL) bis zu dessen Ablauf; Namen, Telefonnummern und Texte auch dort"
    yield "nur versiegelt. Dagegen hilft ein verschlüsselter Datenträger. Wer das WAL archiviert, gibt dem Archiv eine Frist."
    yield ""
