"""The record of processing activities (Art. 30 GDPR): each activity with its purpose, ground, people, data and periods."""

from collections.abc import Iterator
from dataclasses import dataclass

from backend.privacy.own_models import own_models
from backend.privacy.papers.german import (
    DRAWN,
    TO_FILL,
    counted,
    fields,
    kept,
    name_of,
    personal_entries,
    table,
)


@dataclass(frozen=True)
class Activity:
    """One line of the record; `models` are those whose rows it writes."""

    name: str
    purpose: str
    ground: str
    people: str
    recipients: str
    models: tuple[str, ...]


TASK = "Art. 6 Abs. 1 Buchst. e DSGVO mit der kommunalen Aufgabe"
AGREED = "Art. 6 Abs. 1 Buchst. a und Art. 9 Abs. 2 Buchst. a DSGVO (ausdrückliche Einwilligung, da Sprache und Anliegen auf Herkunft, Religion oder Gesundheit schließen lassen)"
DUTY = "Art. 6 Abs. 1 Buchst. c in Verbindung mit Art. 5 Abs. 2 und Art. 32 DSGVO"

ACTIVITIES = (
    Activity(
        "Zugänge und Anmeldung",
        "Personen erkennen, Rollen zuordnen, Missbrauch verhindern",
        TASK,
        "Lotsinnen und Lotsen, Mitarbeitende, Anfragende, selbst angemeldete Hilfesuchende",
        "keine",
        ("User", "Membership", "ApiToken", "IdempotencyKey"),
    ),
    Activity(
        "Ehrenamtliche führen",
        "Eignung, Sprachen, Zeiten und Wünsche kennen, damit nur gefragt wird, wer passt; Erreichbarkeit",
        AGREED,
        "Lotsinnen und Lotsen",
        "eigene Leitstelle; nach Bestätigung Name und Telefon an die anfragende Stelle",
        (
            "Identity",
            "Pilot",
            "PilotOffice",
            "LanguageSkill",
            "Availability",
            "Absence",
            "Veto",
            "Place",
            "Qualification",
            "Reach",
            "CalendarFeed",
            "PushSubscription",
        ),
    ),
    Activity(
        "Einsicht in das erweiterte Führungszeugnis",
        "Schutz Minderjähriger (§ 72a SGB VIII): nur dass, wann und durch wen eingesehen wurde und ob etwas entgegensteht",
        "Art. 6 Abs. 1 Buchst. c DSGVO, § 72a Abs. 5 SGB VIII, Art. 10 DSGVO",
        "Lotsinnen und Lotsen",
        "eigene Leitstelle",
        ("BackgroundCheck",),
    ),
    Activity(
        "Anfragen um Begleitung",
        "Jemanden finden, der die Sprache spricht, zur Zeit kann und in Reichweite ist",
        AGREED,
        "Hilfesuchende (unter einer Fallkennung; der Name bleibt bei der anfragenden Stelle)",
        "Gefragte sehen Thema, Sprache, Zeiten und die Umgebung auf einen Kilometer; erst die bestätigte Person den Treffpunkt",
        ("HelpSeeker", "HelpRequest", "HelpRequestSlot", "ConfidentialDetails", "RequestDraft"),
    ),
    Activity(
        "Vorschlagen, Anbieten, Planen",
        "Eine nachvollziehbare Auswahl mit Gründen; es entscheidet immer ein Mensch (Art. 22 DSGVO)",
        TASK,
        "Lotsinnen und Lotsen",
        "eigene Leitstelle",
        (
            "MatchRun",
            "Suggestion",
            "Offer",
            "AnswerLink",
            "Override",
            "PlanRun",
            "PlanProposal",
            "WaveSeries",
            "Wave",
            "AcceptanceVersion",
        ),
    ),
    Activity(
        "Beauftragen und abrechnen",
        "Beauftragung als Grundlage des Unfallschutzes, Einsatznachweis, Aufwandsentschädigung, Statistik",
        TASK,
        "Lotsinnen und Lotsen, Hilfesuchende",
        "Unfallversicherungsträger auf Verlangen",
        ("Assignment", "ActivityReport", "ReportSettlement"),
    ),
    Activity(
        "Nachrichten",
        "Keine Nachricht geht verloren; gespeichert wird, an wen welche Nachricht ging, nicht ihr Text",
        TASK,
        "alle mit Zugang",
        "E-Mail-Dienst der Kommune; bei eingeschalteten Gerätemeldungen der Dienst des Browserherstellers (ohne Namen)",
        ("Delivery", "MessageText"),
    ),
    Activity(
        "Einwilligungen nachweisen",
        "Nachweis nach Art. 7 Abs. 1 DSGVO, Widerruf nach Abs. 3",
        DUTY,
        "Lotsinnen und Lotsen, Hilfesuchende",
        "keine",
        ("Consent",),
    ),
    Activity(
        "Zugriffe protokollieren",
        "Missbrauch erkennen: wer wann aus welchem Grund versiegelte Daten geöffnet hat",
        DUTY,
        "Mitarbeitende, Personen, deren Daten geöffnet wurden",
        "Datenschutzbeauftragte, Administration",
        ("AccessLog",),
    ),
    Activity(
        "Barrieren melden",
        "Seiten zugänglich machen und antworten können (§ 9 NBGG)",
        TASK,
        "wer eine Barriere meldet; ohne Adresse anonym",
        "eigene Leitstelle",
        ("BarrierReport",),
    ),
)


def record_of_processing() -> str:
    """The paper as Markdown."""
    return "\n".join(_lines())


def left_over() -> list[str]:
    """Tables with a period or personal fields that no activity names."""
    named = {model for activity in ACTIVITIES for model in activity.models}
    return [entry.model.__name__ for entry in personal_entries() if entry.model.__name__ not in named]


def _lines() -> Iterator[str]:
    yield "# Verzeichnis von Verarbeitungstätigkeiten"
    yield ""
    yield f"Nach Art. 30 Abs. 1 DSGVO. {DRAWN}"
    yield ""
    yield from table(
        ("Angabe", "Inhalt"),
        (
            ("Verantwortliche Stelle", f"der Träger der Leitstelle (Impressum des Dienstes) {TO_FILL}"),
            ("Datenschutzbeauftragte", f"Einstellungen → Impressum, Datenschutz {TO_FILL}"),
            ("Auftragsverarbeiter", f"Betrieb des Rechners, E-Mail-Dienst {TO_FILL}"),
            (
                "Übermittlung in Drittländer",
                "keine durch den Dienst; Gerätemeldungen nur, wenn die Person sie einschaltet",
            ),
            (
                "Automatisierte Entscheidung",
                "keine: Vorschläge sind begründet, es entscheidet die Leitstelle",
            ),
            ("Schutzmaßnahmen", "siehe [tom.md](tom.md)"),
            ("Löschfristen im Ganzen", "siehe [deletion-concept.md](deletion-concept.md)"),
        ),
    )
    models = {model.__name__: model for model in own_models()}
    entries = {entry.model.__name__: entry for entry in personal_entries()}
    for number, activity in enumerate(ACTIVITIES, start=1):
        yield ""
        yield f"## {number}. {activity.name}"
        yield ""
        yield from table(
            ("Angabe", "Inhalt"),
            (
                ("Zweck", activity.purpose),
                ("Rechtsgrundlage", activity.ground),
                ("Betroffene", activity.people),
                ("Empfänger", activity.recipients),
            ),
        )
        yield ""
        yield from table(
            ("Daten", "personenbezogene Felder", "davon verschlüsselt", "Frist", "ab"),
            (
                (
                    name_of(models[name]),
                    fields(entries[name].personal),
                    fields(entries[name].sealed),
                    kept(entries[name]),
                    counted(entries[name]),
                )
                for name in activity.models
                if name in entries
            ),
        )
    if rest := left_over():
        yield ""
        yield "## Weitere Tabellen"
        yield ""
        yield from table(
            ("Daten", "personenbezogene Felder", "Frist", "ab"),
            (
                (
                    name_of(models[name]),
                    fields(entries[name].personal),
                    kept(entries[name]),
                    counted(entries[name]),
                )
                for name in rest
            ),
        )
    yield ""
