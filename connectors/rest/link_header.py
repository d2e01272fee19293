"""The header `Link` (RFC 8288): addresses with what each is to the present page."""

import re
from collections.abc import Iterator

_LINK = re.compile(
    r"\s*<([^>]*)>((?:\s*;\s*[\w!#$&+.^`|~*-]+(?:\s*=\s*(?:\"(?:[^\"\\]|\\.)*\"|[^\s\",;]+))?)*)\s*(?:,|\Z)"
)
_PARAMETER = re.compile(r";\s*([\w!#$&+.^`|~*-]+)(?:\s*=\s*(?:\"((?:[^\"\\]|\\.)*)\"|([^\s\",;]+)))?")


def next_of(header: str) -> str | None:
    """The address of the next page, if the header names one."""
    return next((address for address, relations in _links(header) if "next" in relations), None)


def _links(header: str) -> Iterator[tuple[str, list[str]]]:
    """Each address and its relations; only the first `rel` of a link counts."""
    for link in _LINK.finditer(header):
        relations = [quoted or plain for name, quoted, plain in _PARAMETER.findall(link[2]) if name.lower() == "rel"]
        yield link[1].strip(), relations[0].lower().split() if relations else []
