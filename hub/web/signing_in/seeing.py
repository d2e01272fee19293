"""What somebody sees who has signed in: their grant, as a client's is, and their place at the console."""

from datetime import UTC, datetime

from flask import g, request

from hub.api.viewer import Viewer, scope
from hub.console.visitor import Visitor
from hub.record.grant import EVERYTHING, Grant, Group, Sight
from hub.record.rights import RIGHTS
from hub.store.clients import Client, Quota, Role
from hub.store.people import Person

CONSOLE = "console"  # what the log of reads calls the client that people ask by
# Without the right to personal data: where a dossier stands, and initials to recognise it by. Nothing confidential, no
# free text, and nothing that repeats what sources said.
_MASKED = Grant(
    sights=dict.fromkeys((Group.NAME, Group.IDENTITY, Group.CONTACT, Group.PAPERS, Group.OFFICERS), Sight.MASKED)
    | {Group.FEES: Sight.FULL, Group.CONTENT: Sight.HIDDEN, Group.PROVENANCE: Sight.HIDDEN}
)
_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)


def grant_of(person: Person) -> Grant:
    """Which dossiers somebody sees, and how much of each."""
    base = EVERYTHING if person.sees_personal else _MASKED
    return Grant(agencies=person.agencies, level=base.level, sights=base.sights)


def let_in(person: Person, *, waits: bool = False) -> None:
    """From here on this request is theirs. Whoever has to do something first (`waits`) has no right but to do that."""
    client = Client(
        *(0, CONSOLE, "", Role.QUERY, None, grant_of(person), Quota(), None, "", "", _BEGINNING, _BEGINNING)
    )
    g.viewer = Viewer(client, person.name, "", request.remote_addr or "")
    rights = frozenset() if waits else RIGHTS[person.role]
    g.visitor = Visitor(person.name, person.called, person.role, rights, scope(), sees_personal=person.sees_personal)
