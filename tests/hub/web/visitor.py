"""A person at the console, by hand: accounts, sessions, and the form's token."""

from datetime import UTC, datetime, timedelta

import pyotp
from argon2 import PasswordHasher
from flask.testing import FlaskClient

from hub.record.rights import Role
from hub.record.signature import Signature
from hub.store import people, people_sessions
from hub.store.database import Database
from hub.store.passwords import Passwords
from hub.store.people import Person, Wanted
from hub.store.people_sessions import Browser, Way

PASSWORD = "mưa rào chiều thứ bảy"
AGENCY = "000.00.15.H29"  # of the connector so-tu-phap
QUICK = Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))  # tests need not be slow to guess
_KEPT = QUICK.kept(PASSWORD)


def csrf(client: FlaskClient, path: str = "/sign-in") -> str:
    """The token of a page's form."""
    page = client.get(path).text
    return page.split('name="csrf_token" value="', 1)[1].split('"', 1)[0]


def person(
    database: Database,
    name: str,
    role: Role = Role.ADMINISTRATOR,
    *,
    sees_personal: bool = True,
    agencies: tuple[str, ...] = (AGENCY,),
    title: str = "",
) -> Person:
    """An account whose password is `PASSWORD`; the one of this name where there is one."""
    wanted = Wanted(role, title, agencies=agencies, sees_personal=sees_personal)
    by = Signature("tests", "", datetime.now(UTC))
    with database.write() as transaction:
        if people.is_taken(transaction, name):
            return people.locked(transaction, name)
        return people.add(transaction, name, wanted, _KEPT, by, must_change=False)


def sign_in_as(client: FlaskClient, found: Person, way: Way = Way.PASSWORD) -> None:
    """Begin a session as the sign-in page would, without the time that a password takes."""
    database: Database = client.application.extensions["hub.database"]
    now, lasts = datetime.now(UTC), timedelta(hours=12)
    with database.write() as transaction:
        token = people_sessions.begin(transaction, found.id, found.name, way, Browser("127.0.0.1", "tests"), now, lasts)
    with client.session_transaction() as session:
        session.clear()
        session.permanent = True
        session["token"] = token


def signed_in(
    client: FlaskClient,
    name: str = "an",
    role: Role = Role.ADMINISTRATOR,
    *,
    sees_personal: bool = True,
    agencies: tuple[str, ...] = (AGENCY,),
) -> FlaskClient:
    """The same client, as a person of this role who has signed in."""
    found = person(
        client.application.extensions["hub.database"], name, role, sees_personal=sees_personal, agencies=agencies
    )
    sign_in_as(client, found)
    return client


def sign_in(client: FlaskClient, name: str, password: str = PASSWORD, then: str = "") -> int:
    """Send the sign-in form; the status of the answer."""
    form = {"csrf_token": csrf(client), "name": name, "password": password}
    return client.post("/sign-in", data=form, query_string={"next": then} if then else None).status_code


def code_of(secret: str, steps: int = 0) -> str:
    """What an app shows, now or so many steps later."""
    return pyotp.TOTP(secret).at(datetime.now(UTC), counter_offset=steps)
