"""What the hub says of values that could not be read, and of some of its runs, in Vietnamese: sentence by sentence."""

import re
from collections.abc import Callable
from typing import TypeAlias

from flask_babel import lazy_gettext as _
from markupsafe import Markup, escape

from hub.console import words
from hub.console.language import chosen_language
from hub.console.shown import number
from hub.record.fields import LIST_FIELDS
from hub.store.quarantine_reasons import MOST_COUNTED

_Rule: TypeAlias = tuple[re.Pattern[str], str]

# The engine's words, and the Vietnamese for them; what stands in braces is carried over, in Vietnamese where it is
# known here too. A sentence that a plug-in made is not in the table and stays as it is.
_WORDS = {
    # the form that is expected
    "a text": "một đoạn chữ",
    "a value": "một giá trị",
    "one value": "đúng một giá trị",
    "a record": "một bản ghi",
    "a time": "một thời điểm",
    "a date": "một ngày",
    "a choice": "một giá trị trong danh sách cho phép",
    "{kind} of {choices}": "{kind}: {choices}",
    "a time as {forms}": "một thời điểm viết như {forms}",
    "a date as {forms}": "một ngày viết như {forms}",
    "{one} or {other}": "{one} hoặc {other}",
    "ISO 8601 ({example})": "ISO 8601 ({example})",
    "seconds since 1970 ({example})": "số giây từ năm 1970 ({example})",
    "milliseconds since 1970 ({example})": "số mili giây từ năm 1970 ({example})",
    "a day's number in Excel ({example})": "số thứ tự ngày của Excel ({example})",
    "true or false": "có hoặc không (true, false)",
    "true, false, 1, 0, có or không": "true, false, 1, 0, có hoặc không",
    "an amount in whole đồng": "số tiền tròn đồng",
    "a whole number": "một số nguyên",
    'a text that the table "{table}" has': "một giá trị có trong bảng “{table}”",
    "a text that is XML": "một đoạn XML",
    "a text that is JSON": "một đoạn JSON",
    "a text in {charset}": "chữ viết bằng bảng mã {charset}",
    "a text with all its letters": "chữ còn đủ các ký tự",
    "a text with {form} in it": "một đoạn chữ có chứa {form}",
    "a value that the path can work with": "một giá trị mà đường dẫn xử lý được",
    "an identity number of 9 or 12 digits": "số định danh gồm 9 hoặc 12 chữ số",
    "a telephone number as {examples}": "số điện thoại như {examples}",
    "a tax code of 10 digits, of 13 for a branch, or a personal number of 12": (
        "mã số thuế 10 chữ số, 13 chữ số đối với chi nhánh, hoặc số định danh cá nhân 12 chữ số"
    ),
    "an agency's code as {examples}": "mã cơ quan như {examples}",
    "a procedure's code as {examples}": "mã thủ tục như {examples}",
    "a dossier's code as {examples}": "mã hồ sơ như {examples}",
    # what is wrong, and what would help
    'add "{text}" to it if it is right; it has {keys}': "nếu “{text}” là đúng, hãy thêm vào bảng; bảng đang có {keys}",
    'did you mean "{text}"?': "có phải là “{text}” không?",
    "known here: {names}": "ở đây có: {names}",
    "letters were lost before it reached us; ask for it again": (
        "chữ đã mất trước khi đến hub; hãy xin cơ quan gửi lại"
    ),
    "an ư was lost before it reached us (TCVN3 writes it as a soft hyphen); ask for the text again": (
        "chữ ư đã mất trước khi đến hub (TCVN3 viết chữ này bằng dấu nối mềm); hãy xin cơ quan gửi lại"
    ),
    "it has letters that {charset} does not have and was kept as it came": (
        "có ký tự mà {charset} không có; chữ được giữ nguyên như đã nhận"
    ),
    "there is no such day or time": "không có ngày hoặc giờ này",
    "the year {year} cannot be right": "năm {year} không thể đúng",
    "there is no such time in {zone}: the clocks were set forward over it": (
        "ở {zone} không có giờ này: đồng hồ đã được chỉnh vượt qua"
    ),
    "this time came twice in {zone}: the clocks were set back; which is not guessed": (
        "ở {zone} giờ này có hai lần vì đồng hồ được chỉnh lùi; hub không đoán là lần nào"
    ),
    "only the year is known, and no day is made up; keep it as `extra.NAME`": (
        "chỉ biết năm, hub không tự thêm ngày; hãy giữ ở trường `extra.TÊN`"
    ),
    "it is too long to be an amount": "quá dài để là một số tiền",
    "decimals of a đồng are not guessed at": "hub không đoán phần lẻ của đồng",
    "decimals of a đồng, or an amount that could be read in two ways, are not guessed at": (
        "hub không đoán phần lẻ của đồng hoặc số tiền đọc được theo hai cách"
    ),
    "it is below zero": "nhỏ hơn không",
    "it is more than any fee can be": "lớn hơn mọi khoản phí, lệ phí",
    "decimals, or what could be a group of thousands, are not guessed at": (
        "hub không đoán phần thập phân hoặc dấu chấm có thể là dấu phân nhóm nghìn"
    ),
    "other words need a table": "từ khác thì cần một bảng (`table`)",
    "a leading zero is lost where the number is kept as a number": (
        "mất số 0 ở đầu khi số này được lưu ở dạng số thay vì dạng chữ"
    ),
    "a leading zero is lost where the code is kept as a number": (
        "mất số 0 ở đầu khi mã này được lưu ở dạng số thay vì dạng chữ"
    ),
    "zeros at its end are lost where the code is kept as a number": (
        "mất các số 0 ở cuối khi mã này được lưu ở dạng số thay vì dạng chữ"
    ),
    "its fourth digit says that the person is not born yet": "chữ số thứ tư cho thấy người này chưa sinh ra",
    "its check digit is wrong: it was mistyped, or is no tax code": (
        "chữ số kiểm tra sai: gõ nhầm, hoặc không phải mã số thuế"
    ),
    "mobile numbers of eleven digits ended in 2018": "số di động 11 chữ số không còn dùng từ năm 2018",
    "the code of its place is missing, as 028": "thiếu mã vùng, ví dụ 028",
    "more than one number stands there; take one with `split` and `part`": (
        "có hơn một số ở đó; hãy lấy một số bằng `split` và `part`"
    ),
    "an agency's own number is read without `as`": "số riêng của cơ quan thì đọc không dùng `as`",
    "its middle part is the day of reception, year first, and there is no such day": (
        "phần giữa là ngày tiếp nhận, năm đứng trước, mà không có ngày như vậy"
    ),
    "{count} different ones stand in it": "có {count} giá trị khác nhau trong đó",
    "there is none in it": "trong đó không có giá trị nào như vậy",
    "{count} different ones stand there; choose one, as in Name[1]": (
        "có {count} giá trị khác nhau ở đó; hãy chọn một, ví dụ Name[1]"
    ),
    "the element holds other elements; name the one that is meant": (
        "phần tử này chứa các phần tử khác; hãy nêu tên phần tử cần lấy"
    ),
    "the path leads to a group of values; name the one that is meant": (
        "đường dẫn chỉ tới một nhóm giá trị; hãy nêu tên giá trị cần lấy"
    ),
    "this number is too long to be one of ours": "số này quá dài",
    "this number has no value": "số này không có giá trị",
    "what stands there is of another kind": "giá trị ở đó thuộc loại khác",
    "it has a DOCTYPE, which is not read": "có DOCTYPE, hub không đọc",
    "it is not well-formed": "viết sai cú pháp",
    "it is not well-formed: {reason}": "viết sai cú pháp: {reason}",
    "it has {count} characters, more than are read": "dài {count} ký tự, quá mức hub đọc",
    "name the field that has it, under `inside`": "hãy nêu tên trường chứa nó, ở `inside`",
    "its elements are nested too deeply to be one": "các phần tử lồng nhau quá sâu",
    "a text of at most {count} characters": "một đoạn chữ không quá {count} ký tự",
    "it has {count}": "dài {count} ký tự",
    "without it the record cannot be kept": "thiếu trường này thì không lưu được bản ghi",
    "without it this row is left out": "thiếu cột này thì dòng bị bỏ qua",
    # of a connector's document and of what its system answers
    "it is an answer, not a description: fields that it happens not to have are not shown": (
        "đây là một câu trả lời mẫu, không phải bản mô tả: trường nào mẫu này không có thì không hiện ra"
    ),
    "connected: {place}, port {port}": "đã kết nối: {place}, cổng {port}",
    "resolved: {place} is {address}": "đã tìm ra máy: {place} là {address}",
    "asked {place} for records: it answered, and they have the key and form that the settings say": (
        "đã hỏi {place}: có trả lời, bản ghi có số định danh và viết đúng như thiết lập"
    ),
    "described: {place} offers {count} operations (fingerprint {mark}); {operation} is asked at {address} and takes "
    "{parameters}": "đã đọc mô tả: {place} có {count} thao tác; {operation} hỏi ở {address}, tham số: {parameters}",
    # of a run and of a connector
    "{count} record of this run has fields that could not be read and were left empty; "
    "`hub dossier CODE` shows them.": "{count} bản ghi của lượt này có trường không đọc được, để trống.",
    "{count} records of this run have fields that could not be read and were left empty; "
    "`hub dossier CODE` shows them.": "{count} bản ghi của lượt này có trường không đọc được, để trống.",
    "{count} procedure is served by other connectors too: {codes}; `hub catalogue duplicates` lists all": (
        "{count} thủ tục cũng được đầu nối khác phục vụ: {codes}"
    ),
    "{count} procedures are served by other connectors too: {codes}; `hub catalogue duplicates` lists all": (
        "{count} thủ tục cũng được đầu nối khác phục vụ: {codes}"
    ),
    "{codes} and {count} more": "{codes} và {count} thủ tục nữa",
    "the secret `{name}` is valid until {day}, as its owner said": (
        "bí mật `{name}` có hiệu lực đến {day}, theo lời người quản lý"
    ),
}
LISTS: dict[str, words.Word] = {"events": _("Diễn biến")}  # beside those that are fields of a dossier
_ROW = re.compile(r"([^\[\]]+)\[(\d*)\]\.?")
_ROW_NUMBER = re.compile(r"\[\d*\]")
_GAP = re.compile(r"\\{(\w+)\\}")
_LONGEST = 2_000  # of a sentence that is looked up


def _rule(english: str, vietnamese: str) -> _Rule:
    gaps = _GAP.sub(r"(?P<\1>.+?)", re.escape(english)).replace("(?P<count>.+?)", "(?P<count>[0-9.,…]+)")
    return re.compile(gaps, re.DOTALL), vietnamese


_RULES = tuple(_rule(*pair) for pair in _WORDS.items() if "{" in pair[0])
# Too general to begin with: they are only parts of other sentences.
_PARTS = frozenset({"forms", "codes", "kind", "one", "other", "form", "examples"})
_ONLY_PARTS = frozenset({_WORDS["{one} or {other}"], _WORDS["{codes} and {count} more"], _WORDS["{kind} of {choices}"]})


def in_vietnamese(text: str, *, part: bool = False) -> str | None:
    """A sentence of the hub's in Vietnamese, with the same data; None for one that is not the hub's."""
    plain = text.removesuffix(".")
    if plain in _WORDS or text in _WORDS:
        return _WORDS.get(text) or f"{_WORDS[plain]}."
    for pattern, vietnamese in _RULES if len(text) <= _LONGEST else ():
        if not part and vietnamese in _ONLY_PARTS and not _is_choice(text):
            continue
        for sentence, end in ((text, ""), (plain, "." if plain != text else "")):
            if found := pattern.fullmatch(sentence):
                return vietnamese.format(**{name: _part(name, said) for name, said in found.groupdict().items()}) + end
    return None


def _is_choice(text: str) -> bool:
    return text.startswith("a choice of ")


def _part(name: str, said: str) -> str:
    return (in_vietnamese(said, part=True) or said) if name in _PARTS else said


def worded(text: str) -> Markup:
    """A sentence as the page shows it: in Vietnamese where that is read, or marked as English."""
    found = in_vietnamese(text) if chosen_language() == "vi" else None
    return escape(found) if found is not None else Markup('<span lang="en">{}</span>').format(text)


def worded_plain(text: str) -> str:
    """The same as a text, for a letter to somebody."""
    found = in_vietnamese(text) if chosen_language() == "vi" else None
    return text if found is None else found


def field_label(name: str) -> str:
    """A field's name for a person, with the number of its row: `Quá trình 2: Thời điểm`."""
    found = _ROW.match(name)
    if found is None:
        above, _dot, last = name.rpartition(".")
        inner = words.COLUMNS.get(last) if above in LIST_FIELDS else None
        return f"{LISTS.get(above) or words.field(above)}: {inner}" if inner else str(words.field(name))
    parent, column = _ROW_NUMBER.sub("", found[1]), name[found.end() :]
    below = _ROW.match(column)
    inner = field_label(f"{parent}.{column}") if below else str(words.COLUMNS.get(column) or column)
    row = f" {int(found[2]) + 1}" if found[2] else ""
    return f"{LISTS.get(parent) or words.field(parent)}{row}: {inner}"


def counted(count: int) -> str:
    """How many records a reason has: beyond some they are not counted."""
    return str(_("hơn %(num)s", num=number(MOST_COUNTED))) if count > MOST_COUNTED else number(count)


FILTERS: dict[str, Callable[..., str]] = {
    "counted": counted,
    "worded": worded,
    "worded_plain": worded_plain,
    "field_label": field_label,
}
