"""What the hub is made of, and under which licences: read from the packages that are installed."""

import re
from dataclasses import dataclass
from functools import lru_cache
from importlib.metadata import Distribution, PackageNotFoundError, distribution

_HUB = "mot-cua-hub"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_LONGEST = 60
_CLASSIFIER = "License :: "


@dataclass(frozen=True, slots=True)
class Package:
    """One package."""

    name: str
    version: str
    licence: str
    home: str


@lru_cache(maxsize=1)
def packages() -> tuple[Package, ...]:
    """The hub's own package, then all that it needs, by name."""
    found: dict[str, Package] = {}
    waiting = [_HUB]
    while waiting:
        name = waiting.pop()
        if _key(name) in found:
            continue
        try:
            one = distribution(name)
        except PackageNotFoundError:
            continue  # of another platform, or an extra that is not installed
        found[_key(name)] = _package(one)
        waiting += _needs(one)
    hub = found.pop(_key(_HUB), None)
    return (*([hub] if hub else []), *(found[key] for key in sorted(found)))


def _needs(one: Distribution) -> list[str]:
    """Names of what a package needs, also of its extras: those that are not there are left out."""
    matches = (_NAME.match(line) for line in one.requires or () if one.name == _HUB or "extra" not in line)
    return [match.group() for match in matches if match]


def _package(one: Distribution) -> Package:
    said = one.metadata.json
    homes = (str(line).rpartition(", ")[2] for line in said.get("project_url", []))
    home = str(said.get("home_page", "")) or next(homes, "")
    return Package(one.name, one.version, _licence(one), home if home.startswith("https://") else "")


def _licence(one: Distribution) -> str:
    said = one.metadata.json
    if expression := said.get("license_expression"):
        return str(expression)
    lines = [line for line in said.get("classifier", []) if line.startswith(_CLASSIFIER)]
    first = str(said.get("license", "")).strip().splitlines()
    if first and len(first[0]) <= _LONGEST:
        return first[0]
    return ", ".join(line.rpartition(" :: ")[2] for line in lines) or "–"


def _key(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
