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
    kept,
    name_of,
    period_of,
    personal_entries,
    table,
)
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
    yield from table(
        ("Was", "Grund", "Ohne Personenbezug, weil"),
        (
            (
                "dass ein Einsatz beauftragt und gehalten wurde",
                "Unfallversicherung (§ 2 Abs. 1 Nr. 10 SGB VII), Abrechnung",
                "die Zeile der Lotsin oder des Lotsen ist leer",
            ),
            (
                "dass eine Einwilligung gegeben war und wann sie endete",
                "Nachweis nach Art. 7 Abs. 1 DSGVO, drei Jahre (§ 195 BGB)",
                "der Zugang trägt keine Adresse mehr",
            ),
            (
                "was wann geschah (Journal)",
                "Nachvollziehbarkeit",
                "es nennt nur Kennungen, keine Namen und keinen Text",
            ),
            (
                "Zahlen der Berichte",
                "Integrationsbericht, Verwendungsnachweis",
                "Zellen unter fünf werden unterdrückt",
            ),
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
