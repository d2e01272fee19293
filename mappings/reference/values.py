"""The words that say how a text, a number, a code or a time is written."""

from mappings.reference.word import Chapter, Word, word

_NAME = "applicant.name: {from: a, text: "


def _text(name: str, does: str, record: str, result: str) -> Word:
    return word(name, does, f"{_NAME}{name}}}", f'{{"a": "{record}"}}', f'{{"applicant": {{"name": "{result}"}}}}')


TEXT = Chapter(
    "What a text was written in (`text:`)",
    "One charset at most. Text that cannot be of it is kept as it came, as a problem. `nfc` and `trim` always happen.",
    (
        _text(
            "tcvn3",
            "TCVN3 (.Vn fonts), read as Windows-1252. Where its soft hyphens (ư) were dropped, that is a problem.",
            "NguyÔn ThÞ H­êng",
            "Nguyễn Thị Hường",
        ),
        _text("vni", "VNI (VNI fonts), read as Windows-1252.", "Nguyeãn Thò Höôøng", "Nguyễn Thị Hường"),
        _text("windows-1258", "Windows-1258, read as Windows-1252.", "NguyêÞn Thiò HýõÌng", "Nguyễn Thị Hường"),
        _text("utf-8", "UTF-8, read as Windows-1252.", "Nguyá»…n VÄƒn Thá»­", "Nguyễn Văn Thử"),
        _text("nfc", "Letters and their marks put together.", "Nguye\u0302\u0303n", "Nguyễn"),
        _text("trim", "No spaces around it.", "  Nguyễn  ", "Nguyễn"),
    ),
)


def _form(name: str, does: str, record: str, result: str, field: str) -> Word:
    group, _, key = field.rpartition(".")
    value = f'{{"{key}": "{result}"}}'
    return word(
        name,
        does,
        f"{field}: {{from: a, as: {name}}}",
        f'{{"a": "{record}"}}',
        f'{{"{group}": {value}}}' if group else value,
    )


FORMS = Chapter(
    "Forms of numbers and codes (`as:`, `find:`)",
    "Spaces, dots and dashes that people write into numbers go. A filler (000000000, 111111111) is no value; "
    "any other form is a problem.",
    (
        _form(
            "identity_number",
            "12 digits (căn cước) or 9 (CMND). The fourth of 12 must be 0 to 3; provinces are not looked up.",
            "000 190 000 001",
            "000190000001",
            "applicant.id_number",
        ),
        _form(
            "identity_kind",
            "Which of the two it is: `citizen_id` or `id_card`.",
            "000190000001",
            "citizen_id",
            "applicant.id_kind",
        ),
        _form(
            "phone",
            "As it is dialled in the country; a foreign number keeps its +.",
            "(+84) 901-234-567",
            "0901234567",
            "applicant.phone",
        ),
        _form(
            "tax_code",
            "10 digits with their check digit, `-001` for a branch, or the personal number of 12.",
            "0314409058002",
            "0314409058-002",
            "applicant.tax_code",
        ),
        _form(
            "agency_code",
            "QCVN 102 or Decision 20/2020; in capitals, not translated from one to the other.",
            "h29.15",
            "H29.15",
            "agency.code",
        ),
        _form(
            "procedure_code",
            "The national code, or the local one with its agency or province.",
            "1.000656.000.00.00.h29",
            "1.000656.000.00.00.H29",
            "procedure.code",
        ),
        _form(
            "dossier_code",
            "The official form with a real day; an agency's own number is a text without `as`.",
            "000.00.15.H29-260520-0001",
            "000.00.15.H29-260520-0001",
            "national_code",
        ),
    ),
)


def _date(name: str, does: str, record: str, result: str) -> Word:
    return word(
        name, does, f"received_at: {{from: a, date: {name}}}", f'{{"a": {record}}}', f'{{"received_at": "{result}"}}'
    )


DATES = Chapter(
    "How a time is written (`date:`), by a word",
    "Without an offset a time is that of `zone`; a date is the day that it was in Việt Nam.",
    (
        _date(
            "iso",
            "ISO 8601, with or without a time, with or without an offset.",
            '"2026-05-20T08:15:00.000+0700"',
            "2026-05-20T01:15:00Z",
        ),
        _date("epoch_seconds", "Seconds since 1970.", "1779239700", "2026-05-20T01:15:00Z"),
        _date(
            "epoch_millis",
            "Milliseconds since 1970, also as .NET writes them.",
            '"/Date(1779239700000+0700)/"',
            "2026-05-20T01:15:00Z",
        ),
        _date(
            "excel",
            "The number of a day in Excel, with the time as its decimals.",
            '"46162.34375"',
            "2026-05-20T01:15:00Z",
        ),
    ),
)


def _letters(name: str, does: str, pattern: str, record: str, result: str) -> Word:
    return word(
        name,
        does,
        f'received_at: {{from: a, date: "{pattern}"}}',
        f'{{"a": "{record}"}}',
        f'{{"received_at": "{result}"}}',
    )


_DAY = "2026-06-02T17:00:00Z"
LETTERS = Chapter(
    "How a time is written, by a pattern",
    "Two letters are two digits, one letter one or two. Other letters stand between `' '`; a space is any space.",
    (
        _letters("yyyy", "Year. One of two digits is refused.", "yyyyMMdd", "20260603", _DAY),
        _letters("MMM", "Month by its English name.", "dd-MMM-yyyy", "03-Jun-2026", _DAY),
        _letters("MM", "Month.", "dd/MM/yyyy", "03/06/2026", _DAY),
        _letters("M", "Month.", "d/M/yyyy", "3/6/2026", _DAY),
        _letters("dd", "Day.", "dd.MM.yyyy", "03.06.2026", _DAY),
        _letters("d", "Day.", "'ngày' d 'tháng' M 'năm' yyyy", "ngày 3 tháng 6 năm 2026", _DAY),
        _letters("HH", "Hour, 00 to 23.", "yyyyMMddHHmmss", "20260603081559", "2026-06-03T01:15:59Z"),
        _letters("H", "Hour, 0 to 23.", "d/M/yyyy H:mm", "3/6/2026 8:15", "2026-06-03T01:15:00Z"),
        _letters(
            "hh",
            "Hour, 01 to 12, only together with `a`.",
            "dd/MM/yyyy hh:mm a",
            "03/06/2026 01:15 CH",
            "2026-06-03T06:15:00Z",
        ),
        _letters(
            "h", "Hour, 1 to 12, only together with `a`.", "d/M/yyyy h:mm a", "3/6/2026 1:15 PM", "2026-06-03T06:15:00Z"
        ),
        _letters("mm", "Minute.", "dd/MM/yyyy HH:mm", "03/06/2026 08:15", "2026-06-03T01:15:00Z"),
        _letters("m", "Minute.", "d/M/yyyy H'h'm", "3/6/2026 8h5", "2026-06-03T01:05:00Z"),
        _letters("ss", "Second.", "dd/MM/yyyy HH:mm:ss", "03/06/2026 08:15:59", "2026-06-03T01:15:59Z"),
        _letters("s", "Second.", "d/M/yyyy H:m:s", "3/6/2026 8:5:9", "2026-06-03T01:05:09Z"),
        _letters(
            "SSS",
            "Parts of a second, which are dropped.",
            "dd/MM/yyyy HH:mm:ss.SSS",
            "03/06/2026 08:15:59.250",
            "2026-06-03T01:15:59Z",
        ),
        _letters("a", "AM or PM, SA or CH.", "dd/MM/yyyy hh:mm a", "03/06/2026 12:15 SA", "2026-06-02T17:15:00Z"),
        _letters(
            "X",
            "The distance from UTC: Z, +07, +0700 or +07:00.",
            "yyyy/MM/dd HH:mm:ssX",
            "2026/06/03 00:00:00+00",
            "2026-06-03T00:00:00Z",
        ),
    ),
)
