"""Each chart: its picture, a sentence that says what it shows, and the numbers behind it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from markupsafe import Markup

from hub.console import shown, words
from hub.console.charts import across, columns
from hub.console.charts.across import Amount, Late
from hub.console.charts.columns import Layer
from hub.console.charts.period import Part
from hub.console.charts.table import Table
from hub.store.connectors import ConnectorRow
from hub.store.run_hours import STAGES, Ended

Lapse = tuple[int, datetime, datetime | None]


@dataclass(frozen=True, slots=True)
class Chart:
    """One chart; `picture` is None where there is nothing to draw, and `sentence` says so."""

    name: str
    title: str
    sentence: str
    picture: Markup | None
    legend: Sequence[tuple[Markup, str]]
    table: Table


def runs(parts: Sequence[Part], ended: Sequence[Ended]) -> Chart:
    """How many runs ended, and how."""
    layers = [
        Layer("succeeded", _("Thành công"), "solid", [each.succeeded for each in ended]),
        Layer("failed", _("Thất bại"), "hatch", [each.failed for each in ended]),
        Layer("interrupted", _("Bị ngắt"), "dots", [each.interrupted for each in ended]),
        Layer("cancelled", _("Đã hủy"), "empty", [each.cancelled for each in ended]),
    ]
    return _over_time("runs", _("Lượt chạy theo kết quả"), _("lượt"), parts, layers)


def records(parts: Sequence[Part], ended: Sequence[Ended]) -> Chart:
    """What became of the records that were fetched."""
    layers = [
        Layer("created", _("Mới"), "solid", [each.created for each in ended]),
        Layer("updated", _("Cập nhật"), "dots", [each.updated for each in ended]),
        Layer("unchanged", _("Không đổi"), "empty", [max(0, each.unchanged) for each in ended]),
        Layer("quarantined", _("Cách ly"), "hatch", [each.quarantined for each in ended]),
    ]
    return _over_time("records", _("Bản ghi đã lấy"), _("bản ghi"), parts, layers)


def stages(parts: Sequence[Part], ended: Sequence[Ended]) -> Chart:
    """How long each stage took, for a run on average."""
    name, title = "stages", _("Thời gian mỗi công đoạn, trung bình một lượt (giây)")
    seconds = [each.stage_seconds() for each in ended]
    layers = [Layer("stage", str(words.STAGE[stage]), "solid", _means(stage, seconds, ended)) for stage in STAGES]
    table = _table(parts, layers)
    all_runs = sum(each.runs for each in ended)
    if not any(sum(layer.values) for layer in layers):
        return _nothing(name, title, _("Không có lượt nào kết thúc trong khoảng này."), table)
    means = {stage: _mean(sum(of[stage] for of in seconds), all_runs) for stage in STAGES}
    longest = max(means, key=means.__getitem__)
    sentence = _(
        "Lâu nhất là công đoạn “%(stage)s”: trung bình %(span)s một lượt.",
        stage=words.STAGE[longest],
        span=shown.span(means[longest]),
    )
    picture = columns.rows(name, title, sentence, parts, layers, _seconds)
    return Chart(name, title, sentence, picture, (), table)


def freshness(parts: Sequence[Part], rows: Sequence[ConnectorRow], lapses: Iterable[Lapse], now: datetime) -> Chart:
    """When sources were read later than promised."""
    name, title = "freshness", _("Đọc chậm hơn cam kết, theo đầu nối")
    of: dict[int, list[tuple[datetime, datetime]]] = {}
    for connector_id, since, until in lapses:
        of.setdefault(connector_id, []).append((since, until or now))
    found = [_late(parts, row, of.get(row.id, ()), now) for row in rows]
    found.sort(key=lambda each: (-each[1], each[0].label))
    length = (min(now, parts[-1].end) - parts[0].start).total_seconds()
    table = Table(
        [_("Đầu nối"), _("Giữ cam kết (%)"), _("Số giờ chậm"), _("Số lần chậm")],
        [(late.label, 100 * (1 - seconds / length), seconds / 3600, times) for late, seconds, times in found],
    )
    if not found:
        return _nothing(name, title, _("Chưa có đầu nối nào."), table)
    missed = sum(seconds > 0 for _one, seconds, _times in found)
    sentence = (
        _("%(num)s trên %(all)s đầu nối có lúc đọc chậm hơn cam kết.", num=missed, all=len(found))
        if missed
        else _("Mọi đầu nối đều giữ cam kết trong khoảng này.")
    )
    picture = across.heat(name, title, sentence, parts, [late for late, _seconds, _times in found])
    return Chart(name, title, sentence, picture, (), table)


def backlog(rows: Sequence[ConnectorRow], waiting: dict[str, tuple[int, datetime]], now: datetime) -> Chart:
    """Which runs wait for a worker, and since when."""
    name, title = "backlog", _("Lượt đang chờ")
    found = sorted(
        ((row.title, *waiting[row.name]) for row in rows if row.name in waiting), key=lambda each: (-each[1], each[2])
    )
    table = Table(
        [_("Đầu nối"), _("Số lượt chờ"), _("Chờ từ")], [(one, many, shown.time(since)) for one, many, since in found]
    )
    if not found:
        return _nothing(name, title, _("Không có lượt nào đang chờ."), table)
    oldest = min(since for _one, _many, since in found)
    sentence = _(
        "%(num)s lượt đang chờ; lượt lâu nhất chờ từ %(since)s.",
        num=shown.number(sum(many for _one, many, _since in found)),
        since=shown.ago(oldest, now),
    )
    bars = [Amount(one, many, f"{shown.number(many)} · {shown.ago(since, now)}") for one, many, since in found]
    return Chart(name, title, sentence, across.amounts(name, title, sentence, bars), (), table)


def quarantine(rows: Sequence[ConnectorRow], standing: dict[str, int]) -> Chart:
    """Where records stand in quarantine."""
    name, title = "quarantine", _("Bản ghi đang cách ly")
    found = sorted(
        ((row.title, standing[row.name]) for row in rows if standing.get(row.name)),
        key=lambda each: (-each[1], each[0]),
    )
    table = Table([_("Đầu nối"), _("Bản ghi cách ly")], found)
    if not found:
        return _nothing(name, title, _("Không có bản ghi nào đang cách ly."), table)
    sentence = _(
        "%(num)s bản ghi đang cách ly ở %(connectors)s đầu nối.",
        num=shown.number(sum(many for _one, many in found)),
        connectors=len(found),
    )
    bars = [Amount(one, many, shown.number(many)) for one, many in found]
    return Chart(name, title, sentence, across.amounts(name, title, sentence, bars), (), table)


def _over_time(name: str, title: str, unit: str, parts: Sequence[Part], layers: Sequence[Layer]) -> Chart:
    table = _table(parts, layers)
    sums = [int(sum(layer.values)) for layer in layers]
    if not any(sums):
        return _nothing(name, title, _("Không có lượt nào kết thúc trong khoảng này."), table)
    each = ", ".join(f"{layer.word} {shown.number(total)}" for layer, total in zip(layers, sums, strict=True) if total)
    sentence = _("%(num)s %(unit)s: %(each)s.", num=shown.number(sum(sums)), unit=unit, each=each)
    picture = columns.stacked(name, title, sentence, parts, layers, _whole)
    return Chart(name, title, sentence, picture, [(columns.swatch(name, one), one.word) for one in layers], table)


def _late(
    parts: Sequence[Part], row: ConnectorRow, lapses: Sequence[tuple[datetime, datetime]], now: datetime
) -> tuple[Late, float, int]:
    """A connector's row, how many seconds it was late, and how often."""
    start, step = parts[0].start.timestamp(), (parts[0].end - parts[0].start).total_seconds()
    length = min(now.timestamp() - start, step * len(parts))  # of what is over; every part is as long as the others
    missed = [0.0] * len(parts)
    for since, until in lapses:
        begun, over = max(since.timestamp() - start, 0.0), min(until.timestamp() - start, length)
        while begun < over:
            place = int(begun // step)
            until_here = min(over, (place + 1) * step)
            missed[place] += until_here - begun
            begun = until_here
    shares = [late / max(min(step, length - place * step), 1.0) for place, late in enumerate(missed)]
    seconds = sum(missed)
    told = shown.span(seconds) if seconds else _("giữ cam kết")
    return Late(row.title, shares, told), seconds, len(lapses)


def _nothing(name: str, title: str, sentence: str, table: Table) -> Chart:
    return Chart(name, title, sentence, None, (), table)


def _table(parts: Sequence[Part], layers: Sequence[Layer]) -> Table:
    return Table(
        [_("Thời gian"), *(layer.word for layer in layers)],
        [(part.told, *(layer.values[place] for layer in layers)) for place, part in enumerate(parts)],
    )


def _means(stage: str, seconds: Sequence[dict[str, float]], ended: Sequence[Ended]) -> list[float]:
    return [_mean(of[stage], each.runs) for of, each in zip(seconds, ended, strict=True)]


def _mean(total: float, count: int) -> float:
    return total / count if count else 0.0


def _whole(value: float) -> str:
    return shown.grouped(round(value, 1) if value < 4 else round(value))


def _seconds(value: float) -> str:
    return shown.grouped(round(value, 2 if value < 1 else 1))
