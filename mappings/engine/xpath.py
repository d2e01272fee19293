"""XPath 1.0 in which a name without a prefix means that local name in any namespace: real systems move namespaces."""

import re
from collections.abc import Iterator, Mapping

from lxml import etree

from mappings.engine.path import BadPath

FUNCTIONS = frozenset(
    {"last", "position", "count", "id", "local-name", "namespace-uri", "name", "string", "concat", "starts-with"}
    | {"contains", "substring-before", "substring-after", "substring", "string-length", "normalize-space", "translate"}
    | {"boolean", "not", "true", "false", "lang", "number", "sum", "floor", "ceiling", "round"}
)
_NODE_TESTS = frozenset(["node", "text", "comment", "processing-instruction"])
_OPERATORS = frozenset(["/", "//", "|", "+", "-", "=", "!=", "<", "<=", ">", ">="])
_OPENERS = frozenset(["@", "::", "(", "[", ","])  # after these, and after an operator, a name is a name
_WORD = re.compile(
    r"""\s*(?: (?P<literal>"[^"]*"|'[^']*')
             | (?P<number>[0-9]+(?:\.[0-9]*)?|\.[0-9]+)
             | (?P<name>[^\W\d][\w.-]*(?::(?!:)(?:[^\W\d][\w.-]*|\*))?)
             | (?P<sign>//|::|\.\.|!=|<=|>=|[/|+=<>()\[\].@,*$-]) )""",
    re.VERBOSE,
)


def xpath(text: str, namespaces: Mapping[str, str]) -> etree.XPath:
    """Compile an expression. Raises `BadPath`, also for what libxml2 would only notice on a record."""
    written = "".join(_any_namespace(text, namespaces))
    try:
        return etree.XPath(written, namespaces=dict(namespaces), regexp=False, smart_strings=False)
    except (etree.XPathError, ValueError) as error:
        raise BadPath(f'"{text}" is not an XPath: {error}') from None


def _any_namespace(text: str, namespaces: Mapping[str, str]) -> Iterator[str]:
    words = list(_words(text))
    before, before_that = "", ""
    operand = False  # what stands before can be the left side of an operator
    for at, (kind, word) in enumerate(words):
        after = words[at + 1][1] if at + 1 < len(words) else ""
        is_operator = operand and before not in _OPENERS and (kind == "name" or word == "*")
        if kind == "name" and not is_operator:
            axis = before_that if before == "::" else before
            yield _name(word, after, axis, namespaces)
        else:
            yield f" {word} " if is_operator else word
        operand = not is_operator and word not in _OPERATORS and word not in _OPENERS
        before, before_that = word, before


def _name(word: str, after: str, axis: str, namespaces: Mapping[str, str]) -> str:
    prefix, colon, _ = word.partition(":")
    if after == "(":
        if word not in FUNCTIONS | _NODE_TESTS:
            raise BadPath(f'XPath has no function "{word}"', "it has " + ", ".join(sorted(FUNCTIONS)))
        return word
    if colon and prefix not in namespaces:
        raise BadPath(f'the prefix "{prefix}" is not in `namespaces`', "add it there, or leave the prefix out")
    if colon or after == "::" or axis in ("@", "attribute", "namespace"):
        return word
    return f"*[local-name()='{word}']"


def _words(text: str) -> Iterator[tuple[str, str]]:
    at = 0
    while text[at:].strip():
        found = _WORD.match(text, at)
        if not found or not found.lastgroup or found["sign"] == "$":
            raise BadPath(f'"{text}" is not an XPath', f'"{text[at:].strip()[:20]}" has no meaning there')
        yield found.lastgroup, found[found.lastgroup]
        at = found.end()
