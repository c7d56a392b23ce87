"""A request before it is sent: one's own, sealed, sent once, forgotten in time."""

from datetime import timedelta

import pytest
from django.db import connection
from uuid_utils.compat import uuid7

from backend.dispatch.commands.drafts import drop_draft, save_draft, send_draft
from backend.dispatch.models import RequestDraft
from backend.dispatch.tasks import forget_drafts
from backend.errors import Conflict, NotThere, RuleViolated
from tests import factories as make
from tests.factories import NOW


@pytest.fixture
def draft(cast):
    return save_draft(draft_id=uuid7(), values={"note": "Bitte klingeln"}, by=cast.rita, now=NOW)


def test_it_is_sealed_and_written_over(cast, draft):
    with connection.cursor() as cursor:
        cursor.execute("SELECT sealed FROM dispatch_requestdraft")
        assert "klingeln" not in cursor.fetchone()[0]
    save_draft(draft_id=draft.pk, values={"note": "x" * 5000}, by=cast.rita, now=NOW)
    (again,) = RequestDraft.objects.all()
    assert again.values == {"note": "x" * 2000}


def test_nobody_else_sees_it(cast, draft):
    colleague = make.a_user("colleague")
    for other in (colleague, cast.kaya):
        assert not RequestDraft.objects.visible_to(other).exists()
        with pytest.raises(NotThere):
            save_draft(draft_id=draft.pk, values={}, by=other, now=NOW)
        with pytest.raises(NotThere):
            drop_draft(draft_id=draft.pk, by=other, now=NOW)
        with pytest.raises(NotThere):
            send_draft(draft_id=draft.pk, send=lambda: pytest.fail("sent"), by=other, now=NOW)


def test_it_is_sent_once(cast, draft):
    filed = []

    def send():
        filed.append(make.a_help_request(cast.samir, cast.rita))
        return filed[-1]

    first = send_draft(draft_id=draft.pk, send=send, by=cast.rita, now=NOW)
    assert send_draft(draft_id=draft.pk, send=send, by=cast.rita, now=NOW) == first
    assert len(filed) == 1
    draft.refresh_from_db()
    assert (draft.values, draft.filed) == ({}, first)
    with pytest.raises(Conflict, match="draft_sent"):
        save_draft(draft_id=draft.pk, values={"note": "too late"}, by=cast.rita, now=NOW)
    draft.refresh_from_db()
    assert draft.values == {}
    with pytest.raises(Conflict, match="draft_sent"):
        drop_draft(draft_id=draft.pk, by=cast.rita, now=NOW)


def test_thrown_away(cast, draft):
    drop_draft(draft_id=draft.pk, by=cast.rita, now=NOW)
    assert not RequestDraft.objects.exists()


def test_no_more_than_anybody_needs(cast, draft, monkeypatch):
    monkeypatch.setattr("backend.dispatch.commands.drafts.DRAFTS_AT_MOST", 1)
    with pytest.raises(RuleViolated, match="too_many_drafts"):
        save_draft(draft_id=uuid7(), values={}, by=cast.rita, now=NOW)
    save_draft(draft_id=draft.pk, values={"note": "mehr"}, by=cast.rita, now=NOW)


def test_forgotten_after_thirty_days(cast, draft, monkeypatch):
    monkeypatch.setattr("backend.clock.database_now", lambda: NOW + timedelta(days=29))
    forget_drafts()
    assert RequestDraft.objects.exists()
    monkeypatch.setattr("backend.clock.database_now", lambda: NOW + timedelta(days=30))
    forget_drafts()
    assert not RequestDraft.objects.exists()
