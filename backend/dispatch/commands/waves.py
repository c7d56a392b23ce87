"""What happens to asking in waves: started by the office, carried on by the clock, over when enough have accepted."""

from datetime import datetime, timedelta
from uuid import UUID

from backend.accounts.models import User
from backend.dispatch import asking, permissions, policies
from backend.dispatch.codes import WavesStopped
from backend.dispatch.commands.offers import offer_to
from backend.dispatch.commands.series import stop_series
from backend.dispatch.models import HelpRequest, Wave, WaveSeries
from backend.dispatch.states import HelpRequestStatus, WaveSeriesStatus
from backend.errors import Conflict, NotThere
from backend.journal.command import command
from backend.journal.kinds import EventKind
from backend.journal.record import record
from backend.people.models import Pilot


@command
def start_waves(*, help_request_id: UUID, by: User, now: datetime) -> WaveSeries:
    """Ask in waves from now on, the first at once outside quiet hours. Whoever accepts still waits for the office."""
    help_request = HelpRequest.objects.lock(help_request_id)
    permissions.check_may_dispatch(by, help_request)
    policies.check_is_open(help_request)
    policies.coming_slots(help_request, now=now)
    if help_request.wave_series.running().exists():
        raise Conflict("waves_already_running")
    policy = asking.policy_of(help_request.office)
    series = WaveSeries.objects.create(
        help_request=help_request, policy=policy.to_dict(), started_by=by, started_at=now, next_at=now
    )
    record(EventKind.WAVES_STARTED, subject=series, by=by, at=now, target_percent=round(policy.target * 100))
    _look(series, by=by, now=now)
    return series


@command
def send_next_wave(*, series_id: UUID, by: None, now: datetime) -> WaveSeries:
    """Look whether more must be asked, and ask them; the clock's part."""
    series = _locked(series_id)
    if series.status == WaveSeriesStatus.RUNNING and series.next_at <= now:
        _look(series, by=by, now=now)
    return series


@command
def stop_waves(*, help_request_id: UUID, by: User, now: datetime) -> WaveSeries:
    """Ask nobody else by itself; offers that are out stay."""
    help_request = HelpRequest.objects.lock(help_request_id)
    permissions.check_may_dispatch(by, help_request)
    series = help_request.wave_series.running().first()
    if series is None:
        raise Conflict("waves_not_running")
    series.help_request = help_request
    stop_series(series, WavesStopped.BY_OFFICE, by=by, now=now)
    return series


def _look(series: WaveSeries, *, by: User | None, now: datetime) -> None:
    """One look of the clock: stop, wait, or ask."""
    help_request = series.help_request
    slots = help_request.coming_slots(now=now)
    if help_request.status != HelpRequestStatus.OPEN or not slots:
        return stop_series(series, WavesStopped.REQUEST_CLOSED, by=by, now=now)
    if asking.wanted(help_request, now=now) <= 0:
        return stop_series(series, WavesStopped.ENOUGH_ACCEPTED, by=by, now=now)
    if (morning := asking.quiet_until(help_request.office, now=now)) is not None:
        return _look_again(series, at=morning)
    found = asking.choose(series, help_request, slots, now=now)
    if found.slots:
        _ask(series, found, by=by, now=now)
    if found.is_last:
        return stop_series(series, WavesStopped.NOBODY_LEFT, by=by, now=now)
    minutes = found.choice.next_minutes or series.policy["interval_minutes"]
    return _look_again(series, at=now + timedelta(minutes=minutes))


def _ask(series: WaveSeries, found: asking.Asking, *, by: User | None, now: datetime) -> None:
    wave = Wave.objects.create(
        series=series,
        number=series.waves.count() + 1,
        sent_at=now,
        asked=len(found.slots),
        explored=found.explored,
        chance_before=found.choice.chance_before,
        chance=found.choice.chance,
    )
    pilots = Pilot.objects.in_bulk(list(found.slots))
    offer_to(
        series.help_request,
        {pilots[pk]: slots for pk, slots in found.slots.items()},
        by=by,
        now=now,
        wave=wave,
    )
    record(
        EventKind.WAVE_SENT,
        subject=series,
        by=by,
        at=now,
        number=wave.number,
        asked=wave.asked,
        chance_percent=round(wave.chance * 100),
        series_id=series.pk,
    )


def _look_again(series: WaveSeries, *, at: datetime) -> None:
    series.next_at = at
    series.save(update_fields=["next_at"])


def _locked(series_id: UUID) -> WaveSeries:
    """The series, its request locked first, as everybody does."""
    request_id = WaveSeries.objects.filter(pk=series_id).values_list("help_request_id", flat=True).first()
    if request_id is None:
        raise NotThere("waves_unknown")
    help_request = HelpRequest.objects.lock(request_id)
    series = WaveSeries.objects.get(pk=series_id)
    series.help_request = help_request
    return series
