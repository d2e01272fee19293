"""E-mail over real sockets: open, by STARTTLS, by TLS, signed in; and servers that refuse, hang or drip."""

import ssl
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic
from typing import Any

import pytest

from hub.alerts.letter import Letter, trial
from hub.alerts.mail import Mail, Security
from hub.alerts.policy import NotSent
from tests.connectors.certificates import authority
from tests.hub.alerts.postbox import PASSWORD, USER, postbox, rude

AT = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


def mail(port: int, **said: Any) -> Mail:
    blank: dict[str, Any] = {"security": Security.NONE, "seconds": 5.0}
    return Mail("127.0.0.1", port, "hub@hub.example", ("truc@hub.example", "hai@hub.example"), **blank | said)


def letter(text: str = "Sở Tư pháp: chậm", subject: str = "[Một Cửa Hub] Nghiêm trọng") -> Letter:
    return Letter("alert-7-20261123", "opened", AT, subject, text, ())


def shown(folder: Path) -> tuple[ssl.SSLContext, Path]:
    """What a server shows, and the authority that signed it."""
    signs = authority(folder)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(signs.certificate("right"))
    return context, signs.file


def test_a_letter_arrives_with_its_letters_and_a_stable_id() -> None:
    with postbox() as box:
        mail(box.port).send(letter())
    (got,) = box.mails
    assert got["Subject"] == "[Một Cửa Hub] Nghiêm trọng"
    assert got["Message-ID"] == "<alert-7-20261123@hub.example>"
    assert got["Auto-Submitted"] == "auto-generated"
    assert got.get_content().strip() == "Sở Tư pháp: chậm"
    assert box.receivers == [["truc@hub.example", "hai@hub.example"]]


def test_a_long_subject_arrives_with_every_space() -> None:
    said = "[Một Cửa Hub] Cảnh báo: Dữ liệu của cơ quan đổi dạng: Cổng thông tin của quận Bình Thạnh, "
    with postbox() as box:
        for more in range(20):  # the line is broken elsewhere each time
            mail(box.port).send(letter(subject=said + "đ" * more + " hết"))
    assert [got["Subject"] for got in box.mails] == [said + "đ" * more + " hết" for more in range(20)]


@pytest.mark.filterwarnings("ignore:Requiring AUTH")  # the server does not see that TLS came first
@pytest.mark.parametrize("security", [Security.STARTTLS, Security.TLS])
def test_a_letter_arrives_encrypted_and_signed_in(tmp_path: Path, security: Security) -> None:
    context, ca_file = shown(tmp_path)
    signed_in: dict[str, Any] = {"security": security, "user": USER, "ca_file": ca_file}
    with postbox(context, implicit=security is Security.TLS) as box:
        mail(box.port, **signed_in, password=lambda: PASSWORD).send(letter())
        with pytest.raises(NotSent, match="does not take the user hub with this password"):
            mail(box.port, **signed_in, password=lambda: "wrong").send(letter())
        with pytest.raises(NotSent, match="plain letters"):
            mail(box.port, **signed_in, password=lambda: "mật khẩu").send(letter())
        with pytest.raises(NotSent, match="certificate that is not trusted"):
            mail(box.port, **signed_in | {"ca_file": None}).send(letter())
    assert len(box.mails) == 1


def test_what_a_server_refuses_is_told_in_a_sentence() -> None:
    with postbox() as box:
        box.answers = lambda: "452 no room"
        with pytest.raises(NotSent, match="answered 452 no room"):
            mail(box.port).send(letter())
        box.refuses = ("truc@hub.example", "hai@hub.example")
        with pytest.raises(NotSent, match="takes mail for none of"):
            mail(box.port).send(letter())
        with pytest.raises(NotSent, match="STARTTLS"):
            mail(box.port, security=Security.STARTTLS).send(letter())
    with pytest.raises(NotSent, match="nothing that listens"):
        mail(box.port).send(letter())


def test_one_mailbox_that_is_refused_is_told_and_the_other_has_the_letter_once() -> None:
    with postbox() as box:
        box.refuses = ("hai@hub.example",)
        assert "does not take mail for hai@hub.example" in mail(box.port).send(letter())
    assert box.receivers == [["truc@hub.example"]]


@pytest.mark.parametrize("drips", [False, True])
@pytest.mark.parametrize("says", [b"", b"220 hello\r\n250-"])
def test_a_server_that_hangs_or_drips_is_left_in_time(says: bytes, *, drips: bool) -> None:
    with rude(says, drips=drips) as port:
        began = monotonic()
        with pytest.raises(NotSent, match="did not answer within 0.5 s" if says or not drips else "answered 2"):
            mail(port, seconds=0.5).send(letter())
        assert monotonic() - began < 5


def test_a_server_that_is_none_is_told() -> None:
    with rude(b"554 go away\r\n") as port, pytest.raises(NotSent, match="answered 554 go away"):
        mail(port).send(letter())


@pytest.mark.parametrize("text", ["", ".\r\nQUIT\r\n", "a" * 3000, "\r\n.\r\nMAIL FROM:<x@y.example>\r\n"])
def test_no_text_ends_a_letter_early(text: str) -> None:
    with postbox() as box:
        mail(box.port).send(letter(text))
    (got,) = box.mails
    assert got.get_content().split() == text.split()


def test_a_test_is_marked_as_that() -> None:
    with postbox() as box:
        mail(box.port).send(trial("test-1", AT, "https://hub.example"))
    (got,) = box.mails
    assert got["Subject"].startswith("[Một Cửa Hub] THỬ / TEST")
    assert "không có sự cố nào" in got.get_content()
    assert "nothing is wrong" in got.get_content()


def test_a_password_stands_in_no_representation() -> None:
    assert "only-for-tests" not in repr(mail(25, password=lambda: PASSWORD))
