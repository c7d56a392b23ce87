"""The page as an app: what a browser fetches for it, and how a device is told and forgotten."""

import json

import pytest
from django.test import Client
from django.urls import reverse

from backend.web.devices import device_of
from notifications.models import PushSubscription
from tests.notifications.push_server import Browser, unpadded
from tests.web.reading import Page, text_of

PAGE = reverse("web:my_data")


@pytest.fixture
def with_push(settings):
    settings.VAPID_PRIVATE_KEY = unpadded(bytes(range(1, 33)))


def said(**change: str) -> dict[str, str]:
    browser = Browser()
    return {"endpoint": "https://push.example/1", "p256dh": browser.p256dh, "auth": browser.auth, **change}


def test_the_manifest_names_icons_that_are_there(db):
    response = Client().get("/manifest.webmanifest")
    manifest = json.loads(response.content)

    assert response.headers["Content-Type"] == "application/manifest+json"
    assert "Cookie" not in response.headers.get("Vary", "")
    assert manifest["start_url"] == manifest["scope"] == "/"
    assert {icon["sizes"] for icon in manifest["icons"]} == {"192x192", "512x512"}


def test_the_worker_stands_at_the_root_and_keeps_nothing_personal(db):
    response = Client().get("/sw.js")
    script = response.content.decode()

    assert response.headers["Content-Type"].startswith("text/javascript")
    assert "/offline/" in script
    assert "&#" not in script  # nothing in it was escaped for HTML
    offline = Client().get("/offline/")
    assert Page(offline).faults() == []
    assert offline.context["menu"] == []


def test_a_device_is_noted_and_switched_off(cast, browser_of, with_push):
    ana = browser_of(cast.ana.user)
    agent = "Mozilla/5.0 (Android 14; Mobile; rv:130.0) Gecko/130.0 Firefox/130.0"
    response = ana.post(reverse("web:subscribe_to_push"), said(), headers={"user-agent": agent}, follow=True)

    assert "Firefox, Android" in text_of(response)
    assert Page(response).faults() == []
    subscription = PushSubscription.objects.get()
    assert subscription.endpoint not in response.content.decode()
    ben = browser_of(cast.ben.user)
    assert ben.post(reverse("web:end_push", args=[subscription.pk])).status_code == 404
    ana.post(reverse("web:end_push", args=[subscription.pk]))
    assert not PushSubscription.objects.exists()


@pytest.mark.parametrize(
    "endpoint", ["https://127.0.0.1/1", "https://push.example/\0", "https://push.example/" + "a" * 600]
)
def test_an_address_that_can_be_no_push_services_is_refused_in_words(cast, browser_of, with_push, endpoint):
    bad = said(endpoint=endpoint)
    response = browser_of(cast.ana.user).post(reverse("web:subscribe_to_push"), bad, follow=True)

    assert "nicht richtig gesagt" in text_of(response)
    assert not PushSubscription.objects.exists()


def test_who_signs_out_is_pushed_to_no_more_in_this_browser(cast, browser_of, with_push):
    here, elsewhere = browser_of(cast.ana.user), browser_of(cast.ana.user)
    here.post(reverse("web:subscribe_to_push"), said())
    elsewhere.post(reverse("web:subscribe_to_push"), said(endpoint="https://push.example/2"))
    assert here.post(reverse("account_logout")).status_code == 302
    (left,) = PushSubscription.objects.all()
    assert left.endpoint == "https://push.example/2"
    elsewhere.post(reverse("web:end_push", args=[left.pk]))
    assert elsewhere.post(reverse("account_logout")).status_code == 302


def test_a_browser_that_changed_hands_stays_with_the_new_ones(cast, browser_of, with_push):
    ana, ben = browser_of(cast.ana.user), browser_of(cast.ben.user)
    ana.post(reverse("web:subscribe_to_push"), said())
    ben.post(reverse("web:subscribe_to_push"), said())
    ana.post(reverse("account_logout"))
    assert PushSubscription.objects.get().user == cast.ben.user


def test_without_a_key_nothing_is_offered(cast, browser_of, settings):
    settings.VAPID_PRIVATE_KEY = ""
    assert "push-here" not in browser_of(cast.ana.user).get(PAGE).content.decode()


def test_devices_are_named_as_their_owners_know_them():
    iphone = (
        "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605 Version/17.0 Safari/604.1"
    )
    edge = "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537 Chrome/120 Safari/537 Edg/120"

    assert device_of(iphone) == "Safari, iPhone"
    assert device_of(edge) == "Edge, Windows"
    assert device_of("curl") == ""
