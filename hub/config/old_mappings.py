"""Mappings by what runs name them, also where another version is in use by now."""

from hub.config.in_use import InUse
from hub.config.mapping import read_mapping
from hub.store import connectors, versions
from hub.store.versions import Kind
from mappings.engine.library import UnknownMapping
from mappings.engine.reading import Mapping
from mappings.engine.yaml_source import Invalid


class OldMappings:
    """Every version is kept, so that what was read with one can be told for ever."""

    def __init__(self, in_use: InUse) -> None:
        self._in_use = in_use
        self._used: dict[str, Mapping | None] = {}
        self._today: dict[str, Mapping | None] = {}

    def used(self, named: str) -> Mapping | None:
        """The version that a run names (`name v3 1a2b3c4d`): the one whose fingerprint begins so."""
        if named not in self._used:
            name, _, rest = named.partition(" ")
            self._used[named] = self._with_fingerprint(name, rest.rpartition(" ")[2]) if rest else None
        return self._used[named]

    def today(self, connector: str) -> Mapping | None:
        """The version that a connector's next run reads with."""
        if connector not in self._today:
            self._today[connector] = self._in_use_by(connector)
        return self._today[connector]

    def _with_fingerprint(self, name: str, begins: str) -> Mapping | None:
        for row in versions.listed(self._in_use.database, Kind.MAPPING, name):
            try:
                found = read_mapping(row.text, f"{name} v{row.version}", self._in_use.targets)
            except Invalid:
                continue  # the language has grown stricter since
            if found.fingerprint.startswith(begins):
                return found
        return None

    def _in_use_by(self, connector: str) -> Mapping | None:
        row = connectors.found(self._in_use.database, connector)
        try:
            return None if row is None else self._in_use.mapping(row.mapping, row.managed_by)
        except (UnknownMapping, Invalid):
            return None
