"""Which dossiers a list shows: what stands in its address, read as the API reads it; what cannot be read is told."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from flask import current_app, request
from flask_babel import gettext as _
from pydantic import ValidationError

from hub.console.record import sight
from hub.console.record.names import LABELS
from hub.record.shown import words as words_of
from hub.record.standing import Moment
from hub.store.filters import Filter
from hub.store.finding import Sort
from hub.store.searching import MOST_LETTERS
from hub.view.fields import NotSeen
from hub.view.wanted import Wanted, check_seen

# By which names the form asks, in its order.
NAMES = (
    *("q", "status", "due", "agency", "procedure", "field", "channel", "connector", "online_level", "confidentiality"),
    *("received_from", "received_to", "due_from", "due_to", "completed_from", "completed_to", "identity", "phone"),
    *("conflicts", "gone"),
)
_TICKED = ("conflicts", "gone")
_LONGEST = 500


@dataclass(frozen=True, slots=True)
class Asked:
    """What a list is asked for."""

    typed: dict[str, str]  # as it stands in the address, for the form
    document: dict[str, Any]  # what was understood of it, as the API writes filters
    filter: Filter
    sort: Sort
    left_out: tuple[str, ...]  # sentences: what was not understood or may not be asked
    code: str = ""  # that is looked up whole, where words of persons may not be searched

    @property
    def in_address(self) -> dict[str, Any]:
        """What the address of another page of the same list holds."""
        kept = {name: text for name, text in self.typed.items() if text}
        return kept if self.sort is Sort.RECEIVED else kept | {"sort": str(self.sort)}


def asked() -> Asked:
    """What the address asks for; a part that says nothing sensible is left out, and told."""
    typed = {name: request.args.get(name, "").strip()[:_LONGEST] for name in NAMES}
    said: dict[str, Any] = {name: text for name, text in typed.items() if text}
    said |= {name: True for name in _TICKED if name in said}
    left_out: list[str] = []
    code = _without_words(said, left_out)
    _without_unseen(said, left_out)
    wanted = _understood(said, left_out)
    at = Moment.at(datetime.now(UTC), current_app.extensions["hub.near_due"])
    sort = request.args.get("sort", "")
    return Asked(
        typed,
        said,
        wanted.filter(sight.grant(), at),
        Sort(sort) if sort in tuple(Sort) else Sort.RECEIVED,
        tuple(left_out),
        code,
    )


def _without_words(said: dict[str, Any], left_out: list[str]) -> str:
    """Words are searched in names and summaries: who may not see those looks a code up instead."""
    text = said.get("q", "")
    if not text:
        return ""
    if not words_of(text[:MOST_LETTERS]):
        del said["q"]
        return ""
    said["q"] = text[:MOST_LETTERS]
    try:
        check_seen(("q",), sight.grant())
    except NotSeen:
        del said["q"]
        left_out.append(_("Tài khoản này không được tìm theo họ tên và nội dung; chỉ tra đúng mã hồ sơ."))
        return str(text)
    return ""


def _without_unseen(said: dict[str, Any], left_out: list[str]) -> None:
    for name in list(said):
        try:
            check_seen((name,), sight.grant())
        except NotSeen:
            del said[name]
            left_out.append(_("Tài khoản này không được lọc theo: %(what)s.", what=LABELS[name]))


def _understood(said: dict[str, Any], left_out: list[str]) -> Wanted:
    """What is right of it; `said` holds no more than that afterwards."""
    while True:
        try:
            return Wanted.model_validate(said)
        except ValidationError as error:
            wrong = {str(each["loc"][0]) for each in error.errors() if each["loc"]} & said.keys()
            if not wrong:  # a period that ends before it begins
                wrong = {name for name in said if name.endswith("_to")} or set(said)
            left_out += [
                _("Bỏ qua “%(value)s” ở mục %(what)s.", value=said.pop(name), what=LABELS[name])
                for name in sorted(wrong)
            ]
