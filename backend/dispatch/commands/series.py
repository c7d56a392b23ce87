"""How a series of waves ends, and when it goes on by itself after a yes has fallen away."""

from datetime import datetime, timedelta

from backend.accounts.models import User
from backend.dispatch import asking
from backend.dispatch.codes import WavesStopped
from backend.dispatch.models import HelpRequest, WaveSeries
from backend.dispatch.states import HelpRequestStatus, OfferStatus, WaveSeriesStatus
from backend.journal.kinds import EventKind
from backend.journal.record import record


def stop_series(series: WaveSeries, reason: WavesStopped, *, by: User | None, now: datetime) -> None:
    """End it; offers that are out stay."""
    series.move_to(WaveSeriesStatus.STOPPED, at=now, stopped_reason=reason)
    record(EventKind.WAVES_STOPPED, subject=series, by=by, at=now, reason=reason.value)


def stop_when_filled(help_request: HelpRequest, *, by: User, now: datetime) -> None:
    """The last seat is filled before the clock has looked again."""
    series = help_request.wave_series.running().first()
    if series is not None:
        series.help_request = help_request
        stop_series(series, WavesStopped.ENOUGH_ACCEPTED, by=by, now=now)


def carry_on(help_request: HelpRequest, *, by: User, now: datetime) -> None:
    """After a yes has fallen away, go on asking as the office once decided.

    Nothing happens unless a series had ended with enough acceptances and these no longer are enough. A reserve that
    is asked anew gets its time first.
    """
    last = help_request.wave_series.first()
    if last is None or last.stopped_reason != WavesStopped.ENOUGH_ACCEPTED:
        return
    if help_request.status != HelpRequestStatus.OPEN or asking.wanted(help_request, now=now) <= 0:
        return
    asked_anew = help_request.offers.filter(status=OfferStatus.RESERVE, reaffirmed_at=None).exists()
    wait = timedelta(minutes=last.policy["interval_minutes"] if asked_anew else 0)
    series = WaveSeries.objects.create(
        help_request=help_request,
        policy=last.policy,
        started_by_id=last.started_by_id,
        started_at=now,
        next_at=now + wait,
    )
    percent = round(last.policy["target"] * 100)
    record(EventKind.WAVES_STARTED, subject=series, by=by, at=now, target_percent=percent)
