"""Where notices may be sent to."""

import pytest

from hub.outbox.webhooks.address import Allowed, NotAllowed

ALLOWED = Allowed(("portal.example", "*.city.example", "10.0.0.7", "2001:db8::7"))


@pytest.mark.parametrize(
    ("url", "host", "port", "target"),
    [
        ("https://portal.example/hook", "portal.example", 443, "/hook"),
        ("https://PORTAL.example.:8443?a=1", "portal.example", 8443, "/?a=1"),
        ("https://a.b.city.example/x?y=z", "a.b.city.example", 443, "/x?y=z"),
        ("https://10.0.0.7/", "10.0.0.7", 443, "/"),
        ("https://[2001:DB8:0::7]/", "2001:db8::7", 443, "/"),
    ],
)
def test_hosts_that_the_keeper_names_are_taken(url: str, host: str, port: int, target: str) -> None:
    place = ALLOWED.place(url)
    assert (place.host, place.port, place.target) == (host, port, target)


@pytest.mark.parametrize(
    "url",
    [
        "http://portal.example/",
        "ftp://portal.example/",
        "https://",
        "portal.example",
        "https://city.example/",
        "https://evilcity.example/",
        "https://portal.example.evil.example/",
        "https://portal.example@evil.example/",
        "https://user:password@portal.example/",
        "https://evil.example\\@portal.example/",
        "https://portal.example:0/",
        "https://portal.example:99999/",
        "https://portal.example/#part",
        "https://portal.example/a b",
        "https://portal.example/\r\nX: y",
        "https://đà-nẵng.city.example/",
        "https://10.0.0.8/",
        "https://167772167/",
        "https://0x0a000007/",
        "https://[::ffff:10.0.0.7]/",
        "https://127.0.0.1/",
        "https://portal.example/" + "a" * 3000,
    ],
)
def test_everything_else_is_refused_with_a_sentence(url: str) -> None:
    with pytest.raises(NotAllowed) as refused:
        ALLOWED.place(url)
    assert len(str(refused.value)) > 20


def test_without_hosts_it_says_who_has_to_name_them() -> None:
    with pytest.raises(NotAllowed, match=r"webhooks\.hosts"):
        Allowed().place("https://portal.example/")


def test_plain_http_is_for_who_wants_it() -> None:
    assert Allowed(("portal.example",), plain_http=True).place("http://portal.example/").port == 80


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "::1", "169.254.169.254", "fe80::1", "fe80::1%eth0", "0.0.0.0", "224.0.0.1", "fd00:ec2::254"),
        *("::ffff:127.0.0.1", "::ffff:169.254.169.254", "100.100.100.200"),
    ],
)
def test_a_name_that_resolves_into_a_machine_or_to_no_host_is_refused(address: str) -> None:
    with pytest.raises(NotAllowed):
        ALLOWED.address("portal.example", address)


def test_private_networks_are_where_departments_live() -> None:
    ALLOWED.address("portal.example", "10.1.2.3")
    ALLOWED.address("portal.example", "192.168.1.1")


def test_this_machine_is_reached_only_where_the_keeper_names_it() -> None:
    here = Allowed(("127.0.0.1", "localhost"))
    here.address("127.0.0.1", "127.0.0.1")
    here.address("localhost", "::1")
    with pytest.raises(NotAllowed):
        Allowed(("*.example",)).address("a.example", "127.0.0.1")
