"""The routes of the pages."""

from django.urls import path

from backend.web.views import (
    acceptance,
    assignments,
    coordinator,
    health,
    mailbox,
    offers,
    office_people,
    office_request,
    office_settings,
    pilot,
    plan,
    public,
    requester,
    team,
    waves,
)

app_name = "web"
urlpatterns = [
    path("", public.home, name="home"),
    path("lotse-werden/", public.become_pilot, name="become_pilot"),
    path("organisation-anmelden/", public.organisation, name="register_organisation"),
    path("hilfe-suchen/", public.seek_help, name="seek_help"),
    path("danke/<slug:kind>/", public.thanks, name="thanks"),
    path("sprache/", public.language, name="language"),
    # pilots
    path("meine-einsaetze/", pilot.my_assignments, name="my_assignments"),
    path("meine-zeiten/", pilot.my_times, name="my_times"),
    path("meine-zeiten/woche/", pilot.save_week, name="save_week"),
    path("meine-zeiten/abwesend/", pilot.save_absence, name="save_absence"),
    path("meine-zeiten/abwesend/<uuid:absence_id>/loeschen/", pilot.drop_absence, name="drop_absence"),
    path("meine-zeiten/pause/", pilot.pause, name="pause"),
    path("meine-zeiten/weiter/", pilot.resume, name="resume"),
    path("angebot/<str:secret>/", offers.offer_by_link, name="offer_by_link"),
    path("angebote/<uuid:offer_id>/", offers.offer_signed_in, name="offer"),
    # pilots, whoever asked, and the office
    path("einsaetze/<uuid:assignment_id>/", assignments.assignment, name="assignment"),
    path("einsaetze/<uuid:assignment_id>/bericht/", assignments.report, name="report"),
    path("einsaetze/<uuid:assignment_id>/absage/", assignments.cancel, name="cancel_assignment"),
    # whoever asks
    path("anfragen/", requester.my_requests, name="my_requests"),
    path("anfragen/neu/", requester.new_request, name="new_request"),
    path("anfragen/<uuid:help_request_id>/", requester.request_detail, name="request"),
    path("anfragen/<uuid:help_request_id>/zurueckziehen/", requester.withdraw, name="withdraw"),
    path("team/", team.team, name="team"),
    # the office
    path("leitstelle/", coordinator.worklist, name="worklist"),
    path("leitstelle/anfragen/neu/", coordinator.request_for_caller, name="request_for_caller"),
    path("leitstelle/anfragen/<uuid:help_request_id>/", office_request.office_request, name="office_request"),
    path("leitstelle/anfragen/<uuid:help_request_id>/vorschlagen/", office_request.suggest, name="suggest"),
    path("leitstelle/anfragen/<uuid:help_request_id>/fragen/", office_request.ask, name="ask"),
    path(
        "leitstelle/anfragen/<uuid:help_request_id>/angebote/<uuid:offer_id>/zurueckziehen/",
        office_request.retract,
        name="retract",
    ),
    path(
        "leitstelle/anfragen/<uuid:help_request_id>/angebote/<uuid:offer_id>/bestaetigen/",
        office_request.confirm,
        name="confirm",
    ),
    path("leitstelle/anfragen/<uuid:help_request_id>/wellen/", waves.start, name="start_waves"),
    path("leitstelle/anfragen/<uuid:help_request_id>/wellen/anhalten/", waves.stop, name="stop_waves"),
    path("leitstelle/anfragen/<uuid:help_request_id>/schliessen/", office_request.close, name="close"),
    path(
        "leitstelle/anfragen/<uuid:help_request_id>/zurueckziehen/",
        office_request.withdraw,
        name="office_withdraw",
    ),
    path("leitstelle/plan/", plan.plan, name="plan"),
    path("leitstelle/plan/neu/", plan.make, name="make_plan"),
    path("leitstelle/plan/<uuid:plan_id>/fragen/", plan.ask, name="ask_by_plan"),
    path("leitstelle/lotsen/", office_people.pilots, name="pilots"),
    path("leitstelle/lotsen/<uuid:pilot_id>/", office_people.pilot, name="pilot"),
    path("leitstelle/lotsen/<uuid:pilot_id>/kontakt/", office_people.contact, name="contact"),
    path("leitstelle/lotsen/<uuid:pilot_id>/freischalten/", office_people.activate, name="activate"),
    path("leitstelle/lotsen/<uuid:pilot_id>/pause/", office_people.pause, name="office_pause"),
    path(
        "leitstelle/lotsen/<uuid:pilot_id>/qualifizierung/", office_people.qualification, name="qualification"
    ),
    path(
        "leitstelle/lotsen/<uuid:pilot_id>/fuehrungszeugnis/",
        office_people.background_check,
        name="background_check",
    ),
    path("leitstelle/stellen/", office_people.organisations, name="organisations"),
    path("leitstelle/stellen/<uuid:organisation_id>/freigeben/", office_people.approve, name="approve"),
    path("leitstelle/zustellungen/", coordinator.failed_deliveries, name="failed_deliveries"),
    path("leitstelle/zustellungen/<uuid:delivery_id>/nochmal/", coordinator.retry, name="retry"),
    path("leitstelle/annahme/", acceptance.acceptance, name="acceptance"),
    path(
        "leitstelle/annahme/<uuid:version_id>/kurve.svg", acceptance.acceptance_curve, name="acceptance_curve"
    ),
    path("leitstelle/einstellungen/", office_settings.settings, name="settings"),
    path("leitstelle/einstellungen/einladen/", office_settings.invite_member, name="invite_member"),
    path(
        "leitstelle/einstellungen/mitglieder/<uuid:membership_id>/rolle/",
        office_settings.member_role,
        name="member_role",
    ),
    path(
        "leitstelle/einstellungen/mitglieder/<uuid:membership_id>/entfernen/",
        office_settings.member_remove,
        name="member_remove",
    ),
    path(
        "leitstelle/einstellungen/mitglieder/<uuid:membership_id>/schliessen/",
        office_settings.member_close,
        name="member_close",
    ),
    # the demo and machines
    path("mailbox/", mailbox.inbox, name="mailbox"),
    path("mailbox/messages.json", mailbox.messages_json, name="mailbox_messages"),
    path("mailbox/<str:name>/", mailbox.letter, name="mailbox_letter"),
    path("mailbox/<str:name>/html/", mailbox.letter_html, name="mailbox_html"),
    path("mailbox/<str:name>/anhang/<int:number>/", mailbox.attachment, name="mailbox_attachment"),
    path("healthz/live", health.live, name="live"),
    path("healthz/ready", health.ready, name="ready"),
    path("healthz/delivery", health.delivery, name="delivery"),
]
