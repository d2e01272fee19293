"""Finds a connector type by its name: the given ones first, then every installed one."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from importlib.metadata import EntryPoint, entry_points

from connectors.contract import ConnectorType
from connectors.wording import did_you_mean, quoted

GROUP = "hub.connectors"


class UnknownType(LookupError):
    """No connector type has this name; the sentence lists those that there are."""


class BrokenType(LookupError):
    """A package offers a connector type under this name, but it cannot be used."""


@dataclass(frozen=True)
class Registry:
    """The connector types that one hub knows: a value, so that a test needs no installation.

    `given` wins over an installed type of the same name.
    """

    given: Mapping[str, ConnectorType] = field(default_factory=dict)

    @cached_property
    def _installed(self) -> dict[str, list[EntryPoint]]:
        """What is offered under each name: an installation in two places counts once, two packages are two."""
        offered: dict[str, dict[str, EntryPoint]] = {}
        for point in entry_points(group=GROUP):
            offered.setdefault(point.name, {})[point.value] = point
        return {name: list(points.values()) for name, points in offered.items()}

    def names(self) -> list[str]:
        """Every known name, in order."""
        return sorted({*self.given, *self._installed})

    def type(self, name: str) -> ConnectorType:
        """The connector type called `name`; `UnknownType` or `BrokenType` says what is wrong."""
        if name in self.given:
            return self.given[name]
        if name not in self._installed:
            raise UnknownType(f"no connector type `{name}` is installed. {did_you_mean(name, self.names())}")
        point, *others = self._installed[name]
        if others:
            values = " and ".join(sorted(each.value for each in (point, *others)))
            raise BrokenType(f"connector type `{name}` is offered twice, by {values}; uninstall all but one")
        return _load(point)


def _load(point: EntryPoint) -> ConnectorType:
    try:
        found = point.load()
    except Exception as error:  # whatever a package of somebody else's does when it is imported
        why = quoted(f"{type(error).__name__}: {error}")
        raise BrokenType(f"connector type `{point.name}` ({point.value}) cannot be loaded: {why}") from error
    if not isinstance(found, ConnectorType):
        raise BrokenType(f"connector type `{point.name}` ({point.value}) is not a ConnectorType value")
    return found
