"""What are the chances of a form that is still being filled in? Counted as often as asked, and nothing is kept."""

from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl, urlencode

from django.http import HttpResponse, QueryDict
from django.shortcuts import render

from backend.accounts.models import Office, Organisation, User
from backend.accounts.probing_limit import check_probing_rate, check_probing_spread
from backend.accounts.queries import office_for
from backend.accounts.roles import Role
from backend.dispatch.commands.meeting_places import roughly_located
from backend.dispatch.feasibility import Chances, Count, Repair, Sketch, chances_of
from backend.error_texts import sentence
from backend.errors import RuleViolated, TooManyRequests
from backend.feasibility_texts import UNKNOWN, count_text, repair_text, stage_text, verdict
from backend.people.models import HelpSeeker
from backend.web.filing import known_client
from backend.web.forms.requests import ClientRequestForm, NeedForm
from backend.web.gates import SignedInRequest
from backend.web.places import private_place
from geo.postgis import to_point

BUTTON = "chances"  # the name of the button, and of what the page sends by itself while somebody types
LOOK_ONLY = "1"
MOODS = {0: "poor", 3: "fair", 6: "good", 10: "good"}  # by the lower end of the count's bucket
FIELD_OF = {"level": "required_level", "language": "language", "setting": "setting"}
PAGE, PANEL = "web/requester/new_request.html", "web/requester/chances.html"


def asks_for_chances(request: SignedInRequest) -> bool:
    """Whether the form was sent to see the chances, not to file it."""
    return BUTTON in request.POST


def typed(request: SignedInRequest) -> QueryDict | None:
    """The form as it was sent, with what the button of a repair stands for; None where nothing was sent."""
    sent = request.POST.copy()
    for name, value in parse_qsl(str(sent.get(BUTTON, "")), keep_blank_values=True):
        sent[name] = value
    return sent or None


def chances_page(
    request: SignedInRequest,
    form: NeedForm,
    *,
    now: datetime,
    help_seeker: HelpSeeker | None = None,
    organisation: Organisation | None = None,
    **page: Any,
) -> HttpResponse:
    """The panel alone for a page that fetched it, else the page with what was typed and the panel in it."""
    form.is_valid()
    status = 200
    try:
        check_probing_rate(request, by=request.user)
        sketch = _sketch(form, help_seeker=help_seeker, organisation=organisation, by=request.user)
        if sketch:
            check_probing_spread(request, by=request.user, languages=sketch.asked, postcode=sketch.postcode)
        panel = _panel(chances_of(sketch, by=request.user, now=now)) if sketch else {}
    except TooManyRequests as refusal:
        status, panel = 429, {"refused": sentence(refusal)}
    # What is not typed yet is no mistake.
    form.errors.clear()
    context = {"form": form, "chances": panel, "taken_over": request.POST[BUTTON] != LOOK_ONLY, **page}
    # A repair changes the form: then the whole page comes back, and htmx takes the form out of it.
    alone = request.headers.get("HX-Request") and not context["taken_over"]
    return render(request, PANEL if alone else PAGE, context, status=status)


def _sketch(
    form: NeedForm, *, help_seeker: HelpSeeker | None, organisation: Organisation | None, by: User
) -> Sketch | None:
    """What was typed and can be read; None where no office can be meant."""
    data = form.cleaned_data
    office, help_seeker = office_meant(form, help_seeker=help_seeker, organisation=organisation, by=by)
    if office is None:
        return None
    typed = {
        name: data[name]
        for name in ("required_level", "topic", "setting", "gender_wish", "minors", "urgent")
        if name in data
    }
    try:
        where = form.where()
    except RuleViolated:
        where = None
    return Sketch(
        office=office,
        help_seeker=help_seeker,
        organisation=organisation,
        languages=form.languages() if data.get("language") else [],
        slots=form.slots(),
        where=roughly_located(where, organisation=organisation) if where else None,
        **typed,
    )


def office_meant(
    form: NeedForm, *, help_seeker: HelpSeeker | None, organisation: Organisation | None, by: User
) -> tuple[Office | None, HelpSeeker | None]:
    """Which office a form that was looked through would reach, and for which client, as far as they are known."""
    data = form.cleaned_data
    if isinstance(form, ClientRequestForm):
        help_seeker = known_client(data.get("case_key", ""), organisation=organisation, by=by)
    office = help_seeker.office if help_seeker else _office(data.get("home_postcode"), organisation, by)
    return office, help_seeker


def _office(postcode: str | None, organisation: Organisation | None, by: User) -> Office | None:
    """Where somebody new would be registered; an office of who asks as long as no postcode says."""
    offices = Office.objects.order_by("pk")
    if by.has_role(Role.COORDINATOR):
        offices = offices.filter(pk__in=by.office_ids(Role.COORDINATOR))
    if organisation:
        offices = offices.filter(organisations=organisation)
        postcode = postcode or organisation.postcode
    possible = list(offices)
    try:
        home = private_place(postcode=postcode or "")
        return office_for(
            postcode=home.postcode, point=to_point(home.point), among={office.pk for office in possible}
        )
    except RuleViolated:
        return next(iter(possible), None)


def _panel(chances: Chances) -> dict[str, Any]:
    """The chances as sentences, and as lengths of bars."""
    drawn = [
        stage.count.exact if stage.count.exact is not None else _upper(stage.count)
        for stage in chances.stages
    ]
    # No promise above dates of which none can be filed.
    counted = None if chances.refusals and "time" in chances.unknown else chances.count
    return {
        "verdict": verdict(chances) if counted else "",
        "mood": MOODS[counted.at_least] if counted else "",
        "most": max([*drawn, 1]),
        "stages": [
            {"count": count_text(stage.count), "text": stage_text(stage, chances), "drawn": length}
            for stage, length in zip(chances.stages, drawn, strict=True)
        ],
        "repairs": [(repair_text(repair), _as_typed(repair)) for repair in chances.repairs],
        "notes": [
            *(UNKNOWN[code] for code in chances.unknown),
            *(sentence(refusal) for refusal in chances.refusals),
        ],
    }


def _upper(count: Count) -> int:
    """The upper end of the bucket: the bar tells no more than the number beside it."""
    return count.at_least if count.at_most is None else count.at_most


def _as_typed(repair: Repair) -> str:
    """The repair as fields of the form and their values; empty where it is for the office to do."""
    if repair.by_office:
        return ""
    fields: dict[str, Any] = {}
    for change in repair.changes:
        facts = change["facts"]
        match change["code"]:
            case "time":
                fields |= NeedForm.fields_of_date(facts["starts_at"], facts["ends_at"], facts["time_zone"])
            case "gender":
                fields["gender_wish"] = ""
            case code:
                fields[FIELD_OF[code]] = facts[code]
    return urlencode(fields)
