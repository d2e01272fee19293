"""One dossier with all that is known behind it: its codes, sources, timeline, and who said what."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from hub.record.merge import Claim, merge
from hub.store import dossiers
from hub.store.database import Database
from hub.store.dossier_rows import DossierRow
from hub.store.dossiers import DisownedRow, EventRow, RevisionRow, SourceRow
from hub.store.looking_up import codes_of_dossiers


@dataclass(frozen=True, slots=True)
class Provenance:
    """Who is believed for a field, and who says otherwise."""

    believed: Claim
    conflicts: Sequence[Claim]


@dataclass(frozen=True, slots=True)
class WholeDossier:
    """Everything that the hub can tell of one dossier."""

    row: DossierRow
    codes: Sequence[str]
    sources: Sequence[SourceRow]
    timeline: Sequence[EventRow]
    history: Sequence[RevisionRow]  # the last changes of its values, the newest first
    disowned: Sequence[DisownedRow]  # codes that its records give wrongly
    provenance: Mapping[str, Provenance]  # by dotted name of the field


def whole(database: Database, row: DossierRow) -> WholeDossier:
    """Gather what stands behind a dossier."""
    sources = dossiers.sources(database, row.id)
    return WholeDossier(
        row,
        codes_of_dossiers(database, [row.id]).get(row.id, []),
        sources,
        dossiers.timeline(database, row.id),
        dossiers.revisions_of(database, row.id),
        dossiers.disowned_of(database, row.id),
        claimed(sources),
    )


def claimed(sources: Sequence[SourceRow]) -> dict[str, Provenance]:
    """Who is believed for each field, by its dotted name; nothing where there is no source."""
    claims = merge(source.source for source in sources).claims if sources else {}
    return {name: _provenance(made) for name, made in claims.items()}


def _provenance(claims: Sequence[Claim]) -> Provenance:
    believed, *others = claims
    return Provenance(believed, [other for other in others if other.value != believed.value])
