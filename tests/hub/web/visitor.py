"""A person at the console, by hand: the form's token, and signing in."""

from flask.testing import FlaskClient


def csrf(client: FlaskClient, path: str = "/sign-in") -> str:
    """The token of a page's form."""
    page = client.get(path).text
    return page.split('name="csrf_token" value="', 1)[1].split('"', 1)[0]


def sign_in(client: FlaskClient, key: str, then: str = "") -> int:
    """Send the sign-in form; the status of the answer."""
    form = {"csrf_token": csrf(client), "key": key}
    return client.post("/sign-in", data=form, query_string={"next": then} if then else None).status_code
