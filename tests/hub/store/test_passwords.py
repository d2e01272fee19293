"""Passwords and codes, without a database."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from argon2 import PasswordHasher

from hub.record.password_rules import Weak, weakness
from hub.store import second_factor
from hub.store.passwords import Crowded, Passwords, one_time_password

QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("", Weak.SHORT),
        ("mười một ký", Weak.SHORT),
        ("x" * 201, Weak.LONG),
        ("toi la Thanh.Ha day", Weak.NAME),
        ("thanhha1990!", Weak.NAME),
        ("Mật khẩu 123456!", Weak.COMMON),
        ("P@ssword2026", None),  # not one of the list: it is short, not exhaustive
        ("password2026", Weak.COMMON),
        ("123456789012", Weak.COMMON),
        ("aaaaabbbbbcc", Weak.COMMON),
        ("mưa rào chiều thứ bảy", None),
        ("ha ha ha cười mãi không thôi", None),
    ],
)
def test_weak_passwords_are_told(password: str, why: Weak | None) -> None:
    assert weakness(password, "thanh.ha") is why


def test_a_short_name_may_stand_in_a_password_for_it_is_a_word() -> None:
    assert weakness("an yên là được rồi", "an") is None
    assert weakness("an.an.an.an.1", "an.an") is Weak.NAME


def test_a_password_is_the_same_on_every_keyboard() -> None:
    passwords = Passwords(QUICK)
    kept = passwords.kept("chi\u1ebfu th\u1ee9 b\u1ea3y")
    assert passwords.is_right("chie\u0302\u0301u thu\u031b\u0301 ba\u0309y", kept)
    assert not passwords.is_right("chiu thứ bảy", kept)


def test_what_is_kept_is_argon2id_of_todays_strength() -> None:
    kept = Passwords().kept("mưa rào chiều thứ bảy")
    assert kept.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert not Passwords().is_old(kept)
    assert Passwords().is_old(Passwords(QUICK).kept("x"))


def test_nobodys_password_is_never_right_and_rubbish_in_the_store_neither() -> None:
    passwords = Passwords(QUICK)
    assert not passwords.is_right("", None)
    assert not passwords.is_right("x", "rubbish")


class _Held(PasswordHasher):
    """Holds everybody up until it is let go, and counts them."""

    def __init__(self) -> None:
        super().__init__(time_cost=1, memory_cost=8, parallelism=1)
        self.go, self.began = threading.Event(), threading.Semaphore(0)
        self.now = self.most = 0
        self._lock = threading.Lock()

    def hash(self, _password: str) -> str:  # type: ignore[override]
        with self._lock:
            self.now += 1
            self.most = max(self.most, self.now)
        self.began.release()
        assert self.go.wait(10)
        with self._lock:
            self.now -= 1
        return ""


def test_of_a_flood_two_are_looked_at_two_wait_and_the_others_are_turned_away_at_once() -> None:
    held = _Held()
    passwords = Passwords(held)

    def one(_: int) -> bool:
        try:
            passwords.kept("x")
        except Crowded:
            return False
        finally:
            ended.release()
        return True

    ended = threading.Semaphore(0)
    with ThreadPoolExecutor(10) as threads:
        done = threads.map(one, range(10))
        for _ in range(6):
            assert ended.acquire(timeout=10)  # turned away while the two are still looked at
        held.go.set()
        assert sorted(done) == [False] * 6 + [True] * 4
    assert held.most == 2


def test_one_time_passwords_are_long_different_and_good_enough() -> None:
    made = {one_time_password() for _ in range(100)}
    assert len(made) == 100
    assert all(weakness(each, "quan-tri") is None for each in made)


# RFC 6238, appendix B (SHA-1), its last six digits.
@pytest.mark.parametrize(
    ("at", "code"), [(1111111111, "050471"), (1111111109, "081804"), (1234567890, "005924"), (20000000000, "353130")]
)
def test_codes_are_those_of_the_standard(at: int, code: str) -> None:
    secret, now = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", datetime.fromtimestamp(at, UTC)
    assert second_factor.step_of(secret, f" {code[:3]} {code[3:]} ", now) == at // 30
    for seconds, near in ((30, True), (-30, True), (61, False), (-61, False)):
        assert (second_factor.step_of(secret, code, now + timedelta(seconds=seconds)) is not None) is near
    for wrong in ("", "000000", code[:5], f"{code}0", "٠٥٠٤٧١", "x" * 10_000):
        assert second_factor.step_of(secret, wrong, now) is None
