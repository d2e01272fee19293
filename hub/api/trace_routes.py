"""The address at which everything that happened to a dossier is told, to the hub's own people."""

from flask_openapi3.models.tag import Tag

from hub.api import ports
from hub.api.answers import Answer
from hub.api.choosing import the_one
from hub.api.parameters import DossierPath
from hub.api.problems import ApiProblem
from hub.api.reads import note_read
from hub.api.routes import api, errors
from hub.api.trace_models import TraceAnswer, TraceOf
from hub.api.viewer import scope, viewer
from hub.inspection.trace import Trace, document, find, trace_of, trace_of_unknown
from hub.inspection.traced import Sees
from hub.store import connectors
from hub.store.candidates import Which
from hub.store.reads import Action

_DOSSIERS = [Tag(name="dossiers", description="The central record.")]


@api.get(
    "/dossiers/<path:code>/trace",
    tags=_DOSSIERS,
    responses={200: TraceAnswer, **errors(403, 404, 409)},
    operation_id="trace_dossier",
)
def trace_dossier(path: DossierPath, query: TraceOf) -> Answer:
    """Everything that happened to a dossier: payloads, mappings, changes, conflicts, quarantine, notices, reads.

    Where the record has none of that code, what stands in quarantine with it is told; it is also found by the key of a
    record at its source, the owner's number, the id of a notice, or the department's number of a push.
    """
    database = ports.database()
    own = {row.id: row.name for row in connectors.listed(database, retired=True)}
    sees = Sees(scope(), viewer().grant, own, audit=True)
    found = find(database, path.code, sees)
    made: Trace
    if query.agency is None and query.connector is None and len(found.dossiers) == 1:
        made = trace_of(database, found.asked, found.dossiers[0].row, sees, query.kind)
    elif found.dossiers or not found.is_known:
        row = the_one(path.code, Which(query.agency, query.connector))
        made = trace_of(database, found.asked, row, sees, query.kind)
    else:
        made = trace_of_unknown(database, found, sees)
    if made.dossier is None and not made.entries:
        raise ApiProblem(404, "dossier_not_found", f"The hub never saw {path.code}.")
    note_read(Action.ONE, [] if made.dossier is None else [made.dossier.row.id], {"include": ["trace"]}, records=1)
    return dict(document(made))
