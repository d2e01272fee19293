"""A trace in words: what each entry is called, what it says, and why one source is believed and not another."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from hub.console import values
from hub.console.values import Change
from hub.inspection.believing import Ground, Why
from hub.inspection.traced import Entry


@dataclass(frozen=True, slots=True)
class EntryShown:
    """One entry with what needs the words of fields."""

    row: Entry
    changes: Sequence[Change]


def shown(entries: Sequence[Entry]) -> list[EntryShown]:
    """Entries with their changes in words."""
    return [EntryShown(one, values.changes(one.data.get("changes", {}))) for one in entries]


def because(why: Why) -> str:
    """Why one source is believed and not another."""
    data: dict[str, Any] = {"other": why.other, "key": why.key, **why.data}
    match why.ground:
        case Ground.WHOLE:
            text = _("Bản ghi của chính hồ sơ được tin hơn bước xử lý %(key)s.", **data)
        case Ground.STRICTEST:
            text = _("Mức bảo mật chặt nhất luôn được giữ, bất kể thứ tự ưu tiên.")
        case Ground.OWN_PRECEDENCE:
            text = _("Ưu tiên riêng cho trường này (%(own)s) cao hơn của %(other)s (%(theirs)s).", **data)
        case Ground.LATER:
            text = _("Nguồn này thay đổi sau %(other)s, mà trạng thái thì lời mới nhất được tin.", **data)
        case Ground.UNDATED:
            text = _("Nguồn này không ghi thời điểm của trạng thái, nên có thể mới hơn %(other)s.", **data)
        case Ground.PRECEDENCE:
            text = _("Ưu tiên (%(own)s) cao hơn của %(other)s (%(theirs)s).", **data)
        case Ground.EQUAL_LATER:
            text = _("Cùng mức ưu tiên %(own)s, nhưng thay đổi sau %(other)s.", **data)
        case _:
            text = _("Ngang với %(other)s về mọi mặt, nên xét theo tên đầu nối.", **data)
    return str(text)


def differing(name: str, value: Any) -> str:
    """One side of a conflict."""
    return values.side(name, value)
