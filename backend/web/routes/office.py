"""The routes of the office that coordinates."""

from django.urls import path

from backend.web.views import (
    acceptance,
    caller,
    confirm,
    deliveries,
    office_data,
    office_papers,
    office_people,
    office_request,
    plan,
    profile,
    reports,
    waves,
    worklist,
)

PILOTS_DATA = "leitstelle/lotsen/<uuid:pilot_id>/daten/"
CLIENTS_DATA = "leitstelle/klienten/<uuid:help_seeker_id>/daten/"

urlpatterns = [
    path("leitstelle/", worklist.worklist, name="worklist"),
    path("leitstelle/stand/", worklist.pulse, name="worklist_pulse"),
    path("leitstelle/zugleich/", worklist.at_once, name="worklist_at_once"),
    path("leitstelle/anfragen/neu/", caller.request_for_caller, name="request_for_caller"),
    path("leitstelle/anfragen/<uuid:help_request_id>/", office_request.office_request, name="office_request"),
    path("leitstelle/anfragen/<uuid:help_request_id>/vorschlagen/", office_request.suggest, name="suggest"),
    path("leitstelle/anfragen/<uuid:help_request_id>/fragen/", office_request.ask, name="ask"),
    path("leitstelle/anfragen/<uuid:help_request_id>/trotzdem/", office_request.override, name="override"),
    path(
        "leitstelle/anfragen/<uuid:help_request_id>/angebote/<uuid:offer_id>/zurueckziehen/",
        office_request.retract,
        name="retract",
    ),
    path(
        "leitstelle/anfragen/<uuid:help_request_id>/angebote/<uuid:offer_id>/bestaetigen/",
        confirm.confirm,
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
    path("leitstelle/lotsen/<uuid:pilot_id>/profil/", profile.profile_for, name="profile_for"),
    path(
        "leitstelle/lotsen/<uuid:pilot_id>/profil/<slug:slug>/",
        profile.profile_step_for,
        name="profile_step_for",
    ),
    path(
        "leitstelle/lotsen/<uuid:pilot_id>/nachweis.pdf", office_papers.pilot_activity, name="pilot_activity"
    ),
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
    path(PILOTS_DATA, office_data.pilot_rights, name="pilot_rights"),
    path(f"{PILOTS_DATA}auskunft/", office_data.pilot_export, name="pilot_export"),
    path(f"{PILOTS_DATA}loeschen/", office_data.pilot_erase, name="pilot_erase"),
    path(f"{PILOTS_DATA}widerruf/<slug:kind>/", office_data.pilot_withdraw, name="pilot_withdraw"),
    path(CLIENTS_DATA, office_data.client_rights, name="client_rights"),
    path(f"{CLIENTS_DATA}auskunft/", office_data.client_export, name="client_export"),
    path(f"{CLIENTS_DATA}loeschen/", office_data.client_erase, name="client_erase"),
    path(f"{CLIENTS_DATA}widerruf/<slug:kind>/", office_data.client_withdraw, name="client_withdraw"),
    path("leitstelle/stellen/", office_people.organisations, name="organisations"),
    path("leitstelle/stellen/<uuid:organisation_id>/freigeben/", office_people.approve, name="approve"),
    path("leitstelle/berichte/", reports.reports, name="reports"),
    path("leitstelle/berichte/<uuid:assignment_id>/klaeren/", reports.settle, name="settle_report"),
    path("leitstelle/fristen/", reports.expiring, name="expiring"),
    path("leitstelle/zustellungen/", deliveries.failed_deliveries, name="failed_deliveries"),
    path("leitstelle/zustellungen/<uuid:delivery_id>/nochmal/", deliveries.retry, name="retry"),
    path("leitstelle/zustellungen/<uuid:delivery_id>/erledigt/", deliveries.discard, name="discard"),
    path("leitstelle/zustellungen/erledigt/", deliveries.discard_several, name="discard_several"),
    path("leitstelle/zustellungen/nochmal/", deliveries.retry_several, name="retry_several"),
    path("leitstelle/annahme/", acceptance.acceptance, name="acceptance"),
]
