"""The routes of pilots, and of assignments, which both sides open."""

from django.urls import path

from backend.web.views import assignments, offers, office_papers, pilot, profile, times

urlpatterns = [
    path("mein-profil/", profile.profile, name="profile"),
    path("mein-profil/<slug:slug>/", profile.profile_step, name="profile_step"),
    path("meine-einsaetze/", pilot.my_assignments, name="my_assignments"),
    path("meine-einsaetze/nachweis.pdf", office_papers.my_activity, name="my_activity"),
    path("meine-zeiten/", times.my_times, name="my_times"),
    path("meine-zeiten/woche/", times.save_week, name="save_week"),
    path("meine-zeiten/abwesend/", times.save_absence, name="save_absence"),
    path("meine-zeiten/abwesend/<uuid:absence_id>/loeschen/", times.drop_absence, name="drop_absence"),
    path("meine-zeiten/pause/", times.pause, name="pause"),
    path("meine-zeiten/weiter/", times.resume, name="resume"),
    path("meine-zeiten/nie-wieder/", times.my_vetoes, name="my_vetoes"),
    path("meine-zeiten/nie-wieder/<uuid:veto_id>/loeschen/", times.drop_veto, name="drop_veto"),
    path("angebot/<str:secret>/", offers.offer_by_link, name="offer_by_link"),
    path("o/<str:secret>/", offers.offer_by_link, name="offer_by_sms"),
    path("angebote/<uuid:offer_id>/", offers.offer_signed_in, name="offer"),
    path("einsaetze/<uuid:assignment_id>/", assignments.assignment, name="assignment"),
    path("einsaetze/<uuid:assignment_id>/termin.ics", assignments.calendar_entry, name="calendar_entry"),
    path(
        "einsaetze/<uuid:assignment_id>/beauftragung.pdf", office_papers.commission_pdf, name="commission_pdf"
    ),
    path("einsaetze/<uuid:assignment_id>/nie-wieder/", assignments.never_again, name="never_again"),
    path("einsaetze/<uuid:assignment_id>/bericht/", assignments.report, name="report"),
    path("einsaetze/<uuid:assignment_id>/absage/", assignments.cancel, name="cancel_assignment"),
]
