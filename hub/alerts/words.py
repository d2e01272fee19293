"""What is said of an alert, in Vietnamese and in English: its name, its sentence, and what to do next."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hub.alerts.kinds import Rule, Severity
from hub.alerts.phrases import fill
from hub.alerts.reasons import ENDS, LATE, WEEKDAYS

Both = tuple[str, str]  # Vietnamese, English


@dataclass(frozen=True, slots=True)
class Words:
    """Of one rule."""

    name: Both
    says: Both
    step: Both


SEVERITY: Mapping[str, Both] = {
    Severity.CRITICAL: ("Nghiêm trọng", "Critical"),
    Severity.WARNING: ("Cảnh báo", "Warning"),
}
_MORE = ("hơn ", "more than ")

WORDS: Mapping[Rule, Words] = {
    Rule.FRESHNESS: Words(
        ("Đọc nguồn chậm hơn cam kết", "Source read later than promised"),
        (
            "{title}: chậm hơn cam kết {promised:span} từ {since:time}; lần đọc gần nhất: {seen:time}. {why}",
            "{title}: later than the promised {promised:span} since {since:time}; last read: {seen:time}. {why}",
        ),
        (
            "Xem các lượt chạy gần nhất, sửa nguyên nhân rồi bấm “Chạy ngay”.",
            "Look at the latest runs, mend what held them up, then press “Run now”.",
        ),
    ),
    Rule.FAILING: Words(
        ("Lượt chạy bị lỗi", "Runs fail"),
        (
            "{title}: {failed:number}/{runs:number} lượt bị lỗi trong {hours:number} giờ, {in_a_row:number} lượt liền.",
            "{title}: {failed:number} of {runs:number} runs failed in {hours:number} h, {in_a_row:number} in a row.",
        ),
        (
            "Xem lỗi của lượt gần nhất; nếu hệ thống của cơ quan không trả lời, hãy báo đầu mối của cơ quan.",
            "See how the latest run failed; if the department's system does not answer, tell its technical contact.",
        ),
    ),
    Rule.QUARANTINE: Words(
        ("Nhiều bản ghi bị cách ly", "Many records set aside"),
        (
            "{title}: {records:number} bản ghi mới bị cách ly trong 24 giờ qua, trong {fetched:number} bản ghi đã lấy.",
            "{title}: {records:number} records were set aside within 24 hours, of {fetched:number} that were fetched.",
        ),
        (
            "Xem theo lý do ở trang Cách ly; sửa ánh xạ một lần thường đọc lại được cả nhóm.",
            "See the reasons in quarantine; one correction of the mapping usually reads a whole group.",
        ),
    ),
    Rule.VOLUME: Words(
        ("Số bản ghi khác thường", "Unusual number of records"),
        (
            "{title}: {weekday} {hours} giờ thường {low:number}–{high:number} bản ghi, lần này {count:number}.",
            "{title}: {weekday} {hours} h usually {low:number}–{high:number} records, this time {count:number}.",
        ),
        (
            "Hỏi cơ quan xem hệ thống của họ có thay đổi không; đối chiếu số lượng cho biết có thiếu bản ghi không.",
            "Ask the department whether its system has changed; counting against it shows whether records are missing.",
        ),
    ),
    Rule.DRIFT: Words(
        ("Dữ liệu của cơ quan đổi dạng", "A department's data look otherwise"),
        (
            "{title}: {changes:number} thay đổi trong cấu trúc dữ liệu so với lần chấp nhận trước.",
            "{title}: {changes:number} changes of how its data look since they were last accepted.",
        ),
        (
            "Xem thử ánh xạ đọc dữ liệu mới ra sao; nếu đúng thì chấp nhận, nếu sai thì sửa ánh xạ.",
            "See what the mapping makes of the new data; accept them if it is right, else correct the mapping.",
        ),
    ),
    Rule.REMOVAL: Words(
        ("Bản ghi không thấy ở nguồn chờ quyết định", "Records gone at the source wait for a decision"),
        (
            "{title}: lượt đọc toàn bộ không thấy {records:number} trong {held:number} bản ghi mà hub đang giữ.",
            "{title}: a full listing did not hold {records:number} of the {held:number} records that the hub has.",
        ),
        (
            "Hỏi cơ quan xem các bản ghi đó có bị bỏ thật không, rồi quyết định; đến lúc đó hub giữ nguyên.",
            "Ask the department whether they were really removed, then decide; until then the hub keeps them.",
        ),
    ),
    Rule.EXPIRING: Words(
        ("Sắp hết hạn", "Ends soon"),
        ("{title}: {what} có giá trị đến {until:time}.", "{title}: {what} is valid until {until:time}."),
        (
            "Xin cơ quan cấp mới rồi thay ở trang bí mật, trước khi hết hạn.",
            "Ask for a new one and replace it among the secrets before it ends.",
        ),
    ),
    Rule.DISK: Words(
        ("Ổ đĩa sắp đầy", "The disk is nearly full"),
        (
            "Ổ đĩa chứa dữ liệu của hub còn {free:bytes} ({percent:number} %).",
            "The disk that holds the hub's data has {free:bytes} left ({percent:number} %).",
        ),
        (
            "Mở rộng ổ đĩa hoặc dọn bớt tệp; khi hết chỗ hub ngừng nhận hồ sơ.",
            "Enlarge the disk or clear files away; once it is full the hub takes no more dossiers.",
        ),
    ),
    Rule.BACKLOG: Words(
        ("Lượt chạy chờ quá lâu", "Runs wait too long"),
        (
            "{more}{runs:number} lượt chờ quá lâu, lâu nhất {seconds:span}; đang đọc {working:number} đầu nối.",
            "{more}{runs:number} runs wait too long, up to {seconds:span}; {working:number} connectors are being read.",
        ),
        (
            "Thêm tiến trình “hub worker”, hoặc giãn lịch của các đầu nối chạy lâu.",
            "Begin more “hub worker” processes, or space out the schedules of connectors that take long.",
        ),
    ),
    Rule.NO_WORKER: Words(
        ("Không có tiến trình nào chạy", "Nobody works"),
        (
            "{more}{runs:number} lượt đang chờ, lâu nhất {seconds:span}, mà không có tiến trình nào nhận việc.",
            "{more}{runs:number} runs wait, up to {seconds:span}, and no worker takes them.",
        ),
        (
            "Khởi động lại “hub worker” hoặc “hub serve”; các lượt chạy tiếp từ trang đã lưu.",
            "Start “hub worker” or “hub serve” again; runs go on at the page they had stored.",
        ),
    ),
    Rule.WIDESPREAD: Words(
        ("Phần lớn hệ thống không đọc được", "Most systems cannot be read"),
        (
            "{failing:number} trong {active:number} đầu nối cùng bị lỗi: nhiều khả năng do mạng hoặc do máy của hub.",
            "{failing:number} of {active:number} connectors fail at once: probably the network, or the hub's machine.",
        ),
        (
            "Kiểm tra mạng, phân giải tên miền và tường lửa từ máy của hub trước khi hỏi từng cơ quan.",
            "Check network, names and firewall from the hub's machine before asking each department.",
        ),
    ),
    Rule.SUBSCRIBER: Words(
        ("Không gửi được thông báo thay đổi", "A subscriber cannot be told"),
        (
            "Đăng ký số {number} của {client}: {state} từ {since:time}; các thay đổi được giữ lại, không mất.",
            "Subscription {number} of {client}: {state} since {since:time}; changes are kept, none is lost.",
        ),
        (
            "Xem lần gửi gần nhất, báo bên nhận sửa rồi cho gửi tiếp.",
            "See the last delivery, have the receiver mended, then let it go on.",
        ),
    ),
    Rule.SLOW_STORE: Words(
        ("Cơ sở dữ liệu trả lời chậm", "The database is slow"),
        (
            "Việc thường mất vài mili giây đã mất {seconds:number} giây.",
            "What usually takes milliseconds took {seconds:number} seconds.",
        ),
        (
            "Xem máy chủ cơ sở dữ liệu: ổ đĩa, khóa đang chờ, việc sao lưu.",
            "Look at the database's machine: its disk, locks that are waited for, backups.",
        ),
    ),
    Rule.SEALS: Words(
        ("Không mở được khóa của hub", "The hub's keys cannot be used"),
        (
            "Khóa mở bí mật và niêm phong nhật ký tra cứu không dùng được.",
            "The keys that open secrets and seal the log of reads cannot be used.",
        ),
        (
            "Đặt lại tệp khóa hoặc biến HUB_SECRETS_KEY từ bản lưu; không tạo khóa mới.",
            "Bring the key file or HUB_SECRETS_KEY back from its copy; make no new key.",
        ),
    ),
    Rule.CHANNEL: Words(
        ("Kênh cảnh báo không nhận được", "A channel of alerts takes nothing"),
        (
            "Kênh {name} chưa nhận được {notices:number} thông báo từ {since:time}.",
            "Channel {name} has not taken {notices:number} notices since {since:time}.",
        ),
        (
            "Xem lỗi ở trang Cảnh báo; “hub alerts test” cho biết kênh nào gửi được.",
            "See the error among the alerts; “hub alerts test” says which channels work.",
        ),
    ),
    Rule.RULE_FAILED: Words(
        ("Một quy tắc cảnh báo không chạy được", "A rule of alerts cannot be looked through"),
        (
            "Quy tắc {what} không đánh giá được; các quy tắc khác vẫn chạy.",
            "The rule {what} could not be looked through; the others are.",
        ),
        (
            "Chi tiết có trong nhật ký của hub (alert_rule_failed); hãy báo cho người quản trị hub.",
            "The hub's log has the details (alert_rule_failed); tell the hub's keeper.",
        ),
    ),
}


def name(rule: str, language: str) -> str:
    """What a rule is called; of another version's its code."""
    return rule if rule not in _KNOWN else WORDS[Rule(rule)].name[_at(language)]


def sentence(rule: str, data: Mapping[str, Any], language: str) -> str:
    """What was found. What another version wrote, and this one cannot say, is named by its code."""
    if rule not in _KNOWN:
        return rule
    try:
        return fill(
            WORDS[Rule(rule)].says[_at(language)], {**data, **_more(Rule(rule), data, language)}, language
        ).strip()
    except (KeyError, ValueError, TypeError):
        return name(rule, language)


def step(rule: str, language: str) -> str:
    """What to do next."""
    return "" if rule not in _KNOWN else WORDS[Rule(rule)].step[_at(language)]


def severity(of: str, language: str) -> str:
    """How bad it is, in a word."""
    return SEVERITY[of][_at(language)]


_KNOWN = frozenset(Rule)


def _at(language: str) -> int:
    return 0 if language == "vi" else 1


def _more(rule: Rule, data: Mapping[str, Any], language: str) -> dict[str, str]:
    """What a sentence needs in words of its language."""
    at = _at(language)
    match rule:
        case Rule.FRESHNESS:
            return {"why": LATE.get(data["because"], ("", ""))[at]}
        case Rule.EXPIRING:
            return {"what": ENDS.get(data["code"], (data["code"],) * 2)[at]}
        case Rule.VOLUME:
            return {"weekday": WEEKDAYS[data["weekday"]][at], "hours": f"{data['hour']}–{data['hour'] + 1}"}
        case Rule.BACKLOG | Rule.NO_WORKER:
            return {"more": _MORE[at] if data["many"] else ""}
        case Rule.SUBSCRIBER:
            return {"state": (("đã dừng", "stopped") if data["stopped"] else ("không gửi được", "nothing arrives"))[at]}
    return {}
