"""What is sent of alerts: one letter says all of one moment, in Vietnamese first and then in English."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from hub.alerts import words
from hub.alerts.kinds import Severity
from hub.alerts.links import mends
from hub.alerts.phrases import LANGUAGES, clock
from hub.record.moments import as_text
from hub.store.alerts import AlertRow

OPENED, ESCALATED, REPEATED, OVER, TEST = "opened", "escalated", "repeated", "over", "test"

_HEADS = {
    OPENED: ("Cảnh báo mới", "New alerts"),
    ESCALATED: ("Chưa có ai nhận xử lý", "Nobody has answered yet"),
    REPEATED: ("Vẫn đang xảy ra", "Still going on"),
    OVER: ("Đã hết", "Over"),
    TEST: ("Thử kênh cảnh báo", "A test of this channel"),
}
_TEST = (
    "Đây là thư thử; không có sự cố nào. Nhận được thư này nghĩa là kênh hoạt động.",
    "This is a test; nothing is wrong. Having got it means that the channel works.",
)
_SINCE, _TIMES, _NEXT, _SEE = ("Từ", "Since"), ("lần thứ", "time no."), ("Cần làm", "Next"), ("Xem", "See")


@dataclass(frozen=True, slots=True)
class Letter:
    """One letter."""

    id: str  # the same each time that it is sent: receivers know by it what they have
    about: str
    at: datetime
    subject: str
    text: str
    alerts: tuple[dict[str, Any], ...]

    @property
    def event(self) -> dict[str, Any]:
        """As a CloudEvent; `text` is what chat programs show."""
        return {
            "specversion": "1.0",
            "id": self.id,
            "source": "/alerts",
            "type": f"vn.mot-cua-hub.alert.{self.about}",
            "time": as_text(self.at),
            "datacontenttype": "application/json",
            "text": f"{self.subject}\n{self.text}",
            "data": {"alerts": list(self.alerts)},
        }


def letter(letter_id: str, about: str, rows: Sequence[AlertRow], at: datetime, address: str) -> Letter:
    """What is said of these alerts; the worst of them first."""
    worst_first = sorted(rows, key=lambda row: (row.severity != Severity.CRITICAL, row.id))
    return Letter(
        letter_id,
        about,
        at,
        _subject(about, worst_first),
        "\n\n".join(_body(about, worst_first, language, address) for language in LANGUAGES) + "\n",
        tuple(_told(row, address) for row in worst_first),
    )


def trial(letter_id: str, at: datetime, address: str) -> Letter:
    """What tries a channel out; it is marked as that."""
    body = "\n\n".join((*_TEST, address)) if address else "\n\n".join(_TEST)
    return Letter(letter_id, TEST, at, "[Một Cửa Hub] THỬ / TEST: " + _HEADS[TEST][0], body + "\n", ())


def _subject(about: str, rows: Sequence[AlertRow]) -> str:
    first = rows[0]
    title = first.data.get("title")
    more = f" (+{len(rows) - 1})" if len(rows) > 1 else ""
    said = f"{words.name(first.rule, 'vi')}{f': {title}' if title else ''}{more}"
    mark = words.severity(first.severity, "vi") if about != OVER else _HEADS[OVER][0]
    return " ".join(f"[Một Cửa Hub] {mark}: {said}".split())[:200]


def _body(about: str, rows: Sequence[AlertRow], language: str, address: str) -> str:
    at = LANGUAGES.index(language)
    return "\n\n".join((f"{_HEADS[about][at]} ({len(rows)})", *(_one(about, row, language, address) for row in rows)))


def _one(about: str, row: AlertRow, language: str, address: str) -> str:
    at = LANGUAGES.index(language)
    times = f" ({_TIMES[at]} {row.times})" if row.times > 1 else ""
    lines = [
        f"• {words.severity(row.severity, language)}: {words.name(row.rule, language)}",
        f"  {words.sentence(row.rule, row.data, language)}",
        f"  {_SINCE[at]} {clock(row.opened_at.isoformat())}{times}",
    ]
    if about != OVER:
        lines.append(f"  {_NEXT[at]}: {words.step(row.rule, language)}")
        if address:
            lines.append(f"  {_SEE[at]}: {address}{mends(row.rule, row.connector, row.subject)}")
    return "\n".join(lines)


def _told(row: AlertRow, address: str) -> dict[str, Any]:
    return {
        "id": str(row.id),
        "rule": row.rule,
        "connector": row.connector,
        "subject": row.subject,
        "severity": row.severity,
        "state": row.state,
        "since": as_text(row.opened_at),
        "times": row.times,
        "sentence": {language: words.sentence(row.rule, row.data, language) for language in LANGUAGES},
        "next": {language: words.step(row.rule, language) for language in LANGUAGES},
        "link": f"{address}{mends(row.rule, row.connector, row.subject)}" if address else None,
    }
