"""Do the pages on which somebody's rights to her data are served show what they must, and to nobody else?"""

import pytest
from django.urls import reverse

from backend.people.models import HelpSeeker
from tests import factories as make
from tests.web.account_browser import fresh_browser


class TestPages:
    def test_rights_of_a_pilot_and_of_a_client(self, cast) -> None:
        browser = fresh_browser(cast.kaya)
        for name, row in (("pilot", cast.ana), ("client", cast.samir)):
            page = browser.get(reverse(f"web:{name}_rights", args=[row.pk])).content.decode()
            assert reverse(f"web:{name}_export", args=[row.pk]) in page
            assert reverse(f"web:{name}_withdraw", args=[row.pk, "data_protection"]) in page
            told = browser.get(reverse(f"web:{name}_export", args=[row.pk]))
            assert told.status_code == 200
            file = browser.get(reverse(f"web:{name}_export", args=[row.pk]) + "?form=json")
            assert file.json()["law"] == "Art. 15, 20 GDPR"

    def test_to_another_office_there_is_nobody(self, cast) -> None:
        browser = fresh_browser(cast.frauke)
        for name, row in (("pilot", cast.ana), ("client", cast.samir)):
            for what in ("rights", "export", "erase"):
                assert browser.get(reverse(f"web:{name}_{what}", args=[row.pk])).status_code == 404

    def test_erasing_needs_the_tick(self, cast) -> None:
        browser, url = fresh_browser(cast.kaya), reverse("web:client_erase", args=[cast.samir.pk])
        assert browser.post(url).status_code == 422
        assert browser.post(url, {"sure": "on"}).status_code == 302
        assert HelpSeeker.objects.get(pk=cast.samir.pk).languages == ["und"]

    def test_taking_back_and_agreeing_again_on_ones_own_page(self, cast, browser_of) -> None:
        browser = browser_of(cast.ana.user)
        url = reverse("web:withdraw_consent", args=["confidentiality"])
        assert url in browser.get(reverse("web:my_data")).content.decode()
        assert browser.get(url).status_code == 200
        assert browser.post(url).status_code == 302
        again = reverse("web:give_consent", args=["confidentiality"])
        assert again in browser.get(reverse("web:my_data")).content.decode()
        assert browser.post(again).status_code == 302
        assert again not in browser.get(reverse("web:my_data")).content.decode()

    @pytest.mark.parametrize("kind", ["nonsense", "confidentiality"])
    def test_what_she_never_agreed_to(self, cast, browser_of, kind: str) -> None:
        browser = browser_of(cast.rita)
        assert browser.get(reverse("web:withdraw_consent", args=[kind])).status_code == 404
        assert browser.post(reverse("web:give_consent", args=[kind])).status_code == 404

    def test_periods_of_the_office(self, cast, browser_of) -> None:
        browser = browser_of(make.an_admin("adam", cast.osnabrueck))
        url = reverse("web:settings_periods")
        assert browser.get(url).status_code == 200
        assert browser.post(url, {"deliveries": "5"}).status_code == 422
        assert browser.post(url, {"deliveries": "45"}).status_code == 302
        cast.osnabrueck.refresh_from_db()
        assert cast.osnabrueck.keep_days == {"deliveries": 45}


def test_signing_out_empties_the_browser(cast, browser_of) -> None:
    browser = browser_of(cast.ana.user)
    assert "Clear-Site-Data" not in browser.get(reverse("web:my_data")).headers
    assert browser.post(reverse("account_logout")).headers["Clear-Site-Data"] == '"cache"'
