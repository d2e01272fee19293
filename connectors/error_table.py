"""What a system that reports errors inside an answer with status 200 means by them, as a table of its own codes."""

from collections.abc import Mapping
from fnmatch import fnmatchcase
from typing import Annotated, Literal, TypeAlias

from pydantic import BeforeValidator, Field

from connectors.documents import Places
from connectors.errors import Changed, ConnectorError, Refused, Unavailable
from connectors.settings import Settings
from connectors.wording import quoted

Meaning: TypeAlias = Literal["unavailable", "refused", "changed", "empty"]
Said: TypeAlias = Literal["ok", "empty"]

_LONGEST_WAIT = 24 * 3600  # seconds; a system that names more has said something else than seconds
_KINDS: Mapping[str, tuple[type[Unavailable] | type[Refused] | type[Changed], str]] = {
    "unavailable": (Unavailable, "The fault is on the department's side; the hub tries again later."),
    "refused": (Refused, "Check the credentials and rights that the department gave to the hub."),
    "changed": (
        Changed,
        "Compare the request with their documentation; what their code means can be told in `errors: {table: …}`.",
    ),
}


def _as_text(value: object) -> object:
    """YAML reads 0 and true as a number and a truth; in a table of codes both are what the answer writes."""
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, int | float) else value


def _with_text_keys(table: object) -> object:
    return {_as_text(code): meaning for code, meaning in table.items()} if isinstance(table, dict) else table


Code = Annotated[str, BeforeValidator(_as_text)]


class ErrorTable(Settings):
    """Where an answer says how it went, and what that means for the run."""

    at: str = Field(min_length=1, description="Where the answer says how it went: a code, a word, or true and false.")
    ok: tuple[Code, ...] = Field(
        default=("",),
        description='What it says when all is well; `*` stands for any text, and "" for nothing at all.',
    )
    table: Annotated[dict[str, Meaning], BeforeValidator(_with_text_keys)] = Field(
        default_factory=dict,
        description="What else it says, and what that means: `unavailable` (try again later), `refused` (credentials), "
        "`changed` (stop) or `empty` (no records). `*` stands for any text.",
    )
    otherwise: Meaning = Field(default="changed", description="What anything else means.")
    message: str | None = Field(default=None, description="Where the answer explains it in words.")
    retry_after: str | None = Field(default=None, description="Where the answer says how many seconds to wait.")

    def judge(self, document: Places, source: str) -> Said:
        """Whether the answer of `source` is one, or an empty one; what else it says is raised."""
        code = document.text(self.at) or ""
        if _among(self.ok, code):
            return "ok"
        meaning = _meaning(self.table, code)
        if meaning is None and not code:
            raise self._silent(source)
        return self._act(meaning or self.otherwise, code, document, source)

    def judge_failed(self, document: Places, source: str) -> Said | None:
        """What an answer with a bad status says; None where the table has no row for it: then the status counts."""
        code = document.text(self.at) or ""
        meaning = _meaning(self.table, code) if code and not _among(self.ok, code) else None
        return None if meaning is None else self._act(meaning, code, document, source)

    def _act(self, meaning: Meaning, code: str, document: Places, source: str) -> Said:
        if meaning == "empty":
            return "empty"
        raise self._error(meaning, code, document, source)

    def _error(self, meaning: Meaning, code: str, document: Places, source: str) -> ConnectorError:
        kind, hint = _KINDS[meaning]
        words = (document.text(self.message) if self.message else None) or ""
        sentence = f"{source} answered with an error, `{self.at}` is {quoted(code)}"
        sentence += f": {quoted(words)}" if words else ""
        if kind is Unavailable:
            return Unavailable(sentence, code="told_error", hint=hint, retry_after=self._wait(document))
        return kind(sentence, code="told_error", hint=hint)

    def _wait(self, document: Places) -> float | None:
        text = document.text(self.retry_after) if self.retry_after else None
        try:
            seconds = float(text) if text else None
        except ValueError:
            return None
        return seconds if seconds is not None and 0 <= seconds <= _LONGEST_WAIT else None

    def _silent(self, source: str) -> Changed:
        """A misspelt `at` would take every error message for an empty answer."""
        return Changed(
            f"the answer of {source} does not say how it went: it has nothing at `{self.at}`",
            code="told_error",
            hint='Correct `errors: {at: …}`; where they leave it out when all is well, add "" to `ok`.',
        )


def _among(codes: tuple[str, ...], code: str) -> bool:
    return any(fnmatchcase(code, pattern) for pattern in codes)


def _meaning(table: Mapping[str, Meaning], code: str) -> Meaning | None:
    """An exact row goes before one with `*`."""
    return table.get(code) or next((table[pattern] for pattern in table if fnmatchcase(code, pattern)), None)
