"""The demo's mailbox: there when its folder is set, and harmless whatever a message holds."""

from email.message import EmailMessage
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from tests.web.reading import Page, text_of

INBOX = "/mailbox/"
JSON = "/mailbox/messages.json"


@pytest.fixture
def folder(db, settings, tmp_path) -> Path:
    settings.MAILBOX_DIR = str(tmp_path)
    put(tmp_path, "001", "ana@ana.example", "Können Sie helfen?")
    put(tmp_path, "002", "Ben <BEN@ben.example>", "Bestätigt", calendar=True)
    return tmp_path


def put(folder: Path, name: str, to: str, subject: str, *, calendar: bool = False) -> None:
    message = EmailMessage()
    message["To"], message["From"], message["Subject"] = to, "ilos@office.example", subject
    message["Date"], message["Message-ID"] = "Mon, 02 Nov 2026 10:00:00 +0100", f"<{name}@ilos>"
    message.set_content("Guten Tag,\nhier: http://localhost:8000/angebot/abc_-1/.\n")
    message.add_alternative("<p onclick=x()>Guten <b>Tag</b></p><script>x()</script>", subtype="html")
    if calendar:
        message.add_attachment(
            b"BEGIN:VCALENDAR", maintype="text", subtype="calendar", filename="einsatz.ics"
        )
    (folder / f"{name}.eml").write_bytes(message.as_bytes())


@pytest.mark.parametrize(
    "path", [INBOX, JSON, "/mailbox/001/", "/mailbox/001/html/", "/mailbox/001/anhang/0/"]
)
def test_without_a_folder_there_is_no_mailbox(db, path):
    assert Client().get(path).status_code == 404


def test_latest_first_and_by_recipient(folder):
    response = Client().get(INBOX)
    assert Page(response).faults() == []
    text = text_of(response)
    assert text.index("Bestätigt") < text.index("Können Sie helfen?")
    assert "Bestätigt" not in text_of(Client().get(INBOX, {"to": "ana@ana.example"}))


def test_as_json_for_the_story(folder):
    (letter,) = Client().get(JSON, {"to": "Ben@ben.example"}).json()["messages"]
    assert letter == {
        "id": "002",
        "to": ["ben@ben.example"],
        "subject": "Bestätigt",
        "message_id": "<002@ilos>",
        "sent_at": "2026-11-02T10:00:00+01:00",
        "text": "Guten Tag,\nhier: http://localhost:8000/angebot/abc_-1/.\n",
        "links": ["http://localhost:8000/angebot/abc_-1/"],
        "attachments": [{"name": "einsatz.ics", "type": "text/calendar", "url": "/mailbox/002/anhang/0/"}],
    }


def test_a_letter_dated_in_no_zone_is_shown_by_our_clock(folder):
    unzoned = (folder / "001.eml").read_bytes().replace(b"10:00:00 +0100", b"09:00:00 -0000")
    (folder / "001.eml").write_bytes(unzoned)
    assert "02.11.2026 10:00:00" in text_of(Client().get("/mailbox/001/"))


def test_reading_one(folder):
    response = Client().get("/mailbox/002/")
    assert Page(response).faults() == []
    assert "frame-src 'self'" in response.headers["Content-Security-Policy"]
    (frame,) = Page(response).all("iframe")
    assert frame["src"] == "/mailbox/002/html/"
    assert "allow-scripts" not in frame["sandbox"]
    assert "allow-same-origin" not in frame["sandbox"]


def test_its_html_can_do_nothing(folder):
    response = Client().get("/mailbox/002/html/")
    policy = response.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert "sandbox" in policy
    assert response.headers["X-Frame-Options"] == "SAMEORIGIN"


def test_attachments_are_downloads(folder):
    response = Client().get("/mailbox/002/anhang/0/")
    assert response.content == b"BEGIN:VCALENDAR"
    assert response.headers["Content-Type"] == "text/calendar"
    assert response.headers["Content-Disposition"] == "attachment"
    assert "sandbox" in response.headers["Content-Security-Policy"]


@pytest.mark.parametrize("name", ["003", "..%2F001", ".001", "001.eml"])
def test_only_messages_of_the_folder(folder, name):
    (folder.parent / "001.eml").write_text("outside")
    assert Client().get(f"/mailbox/{name}/").status_code == 404


def test_no_such_attachment(folder):
    assert Client().get("/mailbox/002/anhang/7/").status_code == 404


def test_the_foot_of_every_page_leads_there(folder):
    hrefs = [a.get("href") for a in Page(Client().get(reverse("web:home"))).all("a")]
    assert INBOX in hrefs
