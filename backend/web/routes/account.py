"""The routes of everybody's own account, and of the page as an app."""

from django.urls import path

from backend.web.views import calendar_feed, my_data, push

urlpatterns = [
    path("meine-daten/", my_data.my_data, name="my_data"),
    path("meine-daten/person/", my_data.save_person, name="save_person"),
    path("meine-daten/sprache/", my_data.save_language, name="save_language"),
    path("meine-daten/auskunft/", my_data.export_page, name="my_export"),
    path("meine-daten/auskunft.json", my_data.export_file, name="my_export_file"),
    path("meine-daten/loeschen/", my_data.erase, name="erase_account"),
    path("meine-daten/geloescht/", my_data.erased, name="erased"),
    path("meine-daten/kalender/", calendar_feed.renew_feed, name="renew_feed"),
    path("meine-daten/kalender/schliessen/", calendar_feed.end_feed, name="end_feed"),
    path("meine-daten/geraete/", push.subscribe, name="subscribe_to_push"),
    path("meine-daten/geraete/<uuid:subscription_id>/ende/", push.unsubscribe, name="end_push"),
    path("kalender/<str:secret>.ics", calendar_feed.calendar_feed, name="calendar_feed"),
    path("manifest.webmanifest", push.manifest, name="manifest"),
    path("sw.js", push.service_worker, name="service_worker"),
    path("offline/", push.offline, name="offline"),
]
