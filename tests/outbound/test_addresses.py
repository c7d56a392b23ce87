"""Is every address that leads inside recognised, however it is written?"""

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outbound.addresses import OUTSIDE, PUBLIC_HTTPS, Reach, checked_url, is_outside
from outbound.errors import Refused

INSIDE = [
    *("127.0.0.1", "127.8.8.8", "0.0.0.0", "10.1.2.3", "172.16.0.1", "192.168.1.1", "100.64.0.1"),
    *("169.254.169.254", "169.254.170.2", "168.63.129.16", "100.100.100.200", "192.0.0.192"),
    *("198.18.0.1", "203.0.113.9", "192.88.99.1", "224.0.0.1", "240.0.0.1", "255.255.255.255"),
    *("::", "::1", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:8.8.8.8"),
    *("fe80::1", "fe80::1%eth0", "fc00::1", "fd00:ec2::254", "fec0::1", "ff02::1", "ff0e::1"),
    *("64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b::a00:1", "64:ff9b:1::1"),
    *("2002:7f00:1::", "2002:a00:1::", "2002:808:808::", "2001::1", "2001:db8::1", "3fff::1"),
    *("100::1", "5f00::1", "", "a", "1", "127.1", "0x7f000001", "8.8.8.8:80", " 8.8.8.8"),
]


@pytest.mark.parametrize("address", INSIDE)
def test_inside_is_inside(address: str) -> None:
    assert not is_outside(address)


@pytest.mark.parametrize(
    "address",
    ["8.8.8.8", "193.99.144.80", "2a02:2e0:3fe:1001:302::", "2606:4700::1111", "64:ff9b::808:808"],
)
def test_outside_is_outside(address: str) -> None:
    assert is_outside(address)


@given(st.ip_addresses(v=4))
def test_an_inside_address_stays_inside_within_any_ipv6_that_carries_it(
    address: ipaddress.IPv4Address,
) -> None:
    number = int(address)
    carriers = [
        ipaddress.IPv6Address(number),
        ipaddress.IPv6Address((0xFFFF << 32) | number),
        ipaddress.IPv6Address((0x64FF9B << 96) | number),
        ipaddress.IPv6Address((0x2002 << 112) | (number << 80)),
        ipaddress.IPv6Address((0x20010000 << 96) | (number ^ 0xFFFF_FFFF)),
    ]
    if not is_outside(str(address)):
        assert not any(is_outside(str(carrier)) for carrier in carriers)


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("", "malformed"),
        ("push.example/1", "malformed"),
        ("//push.example/1", "malformed"),
        ("file:///etc/passwd", "malformed"),
        ("gopher://push.example/1", "malformed"),
        ("https:///1", "malformed"),
        ("https://push.example:x/1", "malformed"),
        ("https://push.example:99999/1", "malformed"),
        ("https://[::1/1", "malformed"),
        ("https://push.example/a\r\nHost: db", "malformed"),
        ("https://push.example/a b", "malformed"),
        ("https://push.example/\x00", "malformed"),
        ("https://push.example\\@db/1", "malformed"),
        ("https://pu\u0161h.example/", "malformed"),
        ("https://push.example/" + "a" * 2000, "malformed"),
        ("https://user@push.example/1", "sign_in_in_url"),
        ("https://user:word@push.example/1", "sign_in_in_url"),
        ("https://@push.example/1", "sign_in_in_url"),
        ("http://push.example/1", "scheme_or_port"),
        ("https://push.example:6379/1", "scheme_or_port"),
        ("https://127.0.0.1/1", "inside"),
        ("https://[::1]/1", "inside"),
        ("https://[::ffff:127.0.0.1]/1", "inside"),
        ("https://127.1/1", "inside"),
        ("https://0x7f.1/1", "inside"),
        ("https://0x/1", "inside"),
        ("https://2130706433/1", "inside"),
        ("https://0177.0.0.1/1", "inside"),
        ("https://localhost/1", "inside"),
        ("https://localhost./1", "inside"),
        ("https://LOCALHOST/1", "inside"),
        ("https://database/1", "inside"),
        ("https://db.internal/1", "inside"),
        ("https://printer.local./1", "inside"),
        ("https://router.home.arpa/1", "inside"),
    ],
)
def test_a_url_that_we_do_not_call(url: str, reason: str) -> None:
    with pytest.raises(Refused) as caught:
        checked_url(url, PUBLIC_HTTPS)
    assert caught.value.reason == reason


def test_a_url_that_we_call() -> None:
    assert checked_url("https://push.example/1?a=b", PUBLIC_HTTPS).hostname == "push.example"
    assert checked_url("https://push.example:443/1", PUBLIC_HTTPS).port == 443
    assert checked_url("http://maps.example:8080/search", OUTSIDE).port == 8080


def test_only_what_an_operator_named_is_called_inside() -> None:
    reach = Reach.with_inside(["Nominatim", " 10.0.4.2:8080 ", "[fd00::7]:8080", ""])
    for url in (
        "http://nominatim/search",
        "http://nominatim:8080/",
        "http://10.0.4.2:8080/",
        "http://[fd00::7]:8080/",
    ):
        assert checked_url(url, reach)
    for url in (
        "http://10.0.4.2/",
        "http://10.0.4.2:5432/",
        "http://10.0.4.3:8080/",
        "http://nominatim.local/",
    ):
        with pytest.raises(Refused):
            checked_url(url, reach)
