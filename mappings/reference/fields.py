"""The words of a field, of a list, and of a table."""

from mappings.reference.word import Chapter, word

_STATUS = "status: {by: [tinhTrang, ketQua], table: t}"
_TABLE = "tables: {t: {Đã xong: {Đạt: completed, Không đạt: not_accepted}, Đang xử lý: processing}}"

FIELD = Chapter(
    "In a field",
    "`from`, `by` or `value` says where the value comes from, the others what happens to it.",
    (
        word(
            "from",
            "Where the value stands; of a list of paths the first that has one.",
            "code: {from: [maQuocGia, ma]}",
            '{"maQuocGia": "", "ma": "HS-1"}',
            '{"code": "HS-1"}',
        ),
        word(
            "by",
            "Several places that decide together, by a table that has a table for each text of the first.",
            _STATUS,
            '{"tinhTrang": "Đã xong", "ketQua": "Đạt"}',
            '{"status": "completed"}',
            _TABLE,
        ),
        word(
            "value", "A constant.", "agency.code: {value: 000.00.15.H29}", "{}", '{"agency": {"code": "000.00.15.H29"}}'
        ),
        word(
            "inside",
            "The paths stand in the document that `inside` at the top names.",
            "note: {inside: don, from: ghiChu}",
            '<HoSo><D>{"ghiChu": "x"}</D></HoSo>',
            '{"note": "x"}',
            "input: xml\ninside: {don: {from: D, input: json}}",
        ),
        word(
            "required",
            "Without this value the record (of a list: the row) is not kept.",
            "note: {from: a, required: true}",
            '{"a": " "}',
            "rejected note: a has no value",
        ),
        word(
            "default",
            "Stands in for what is missing, never for what cannot be read.",
            "note: {from: a, default: không có}",
            "{}",
            '{"note": "không có"}',
        ),
        word(
            "missing",
            "Further texts that mean “no value” here.",
            'note: {from: a, missing: [undefined, "-"]}',
            '{"a": "undefined"}',
            "{}",
        ),
        word(
            "join",
            "The texts of all paths as one, with this between them.",
            'note: {from: [a, b, c], join: ", "}',
            '{"a": "Số 1", "b": "", "c": "Quận 5"}',
            '{"note": "Số 1, Quận 5"}',
        ),
        word(
            "split",
            "Takes a text apart at this; `part` says which piece is meant.",
            'note: {from: a, split: " - ", part: 2}',
            '{"a": "UBND - Phường 1"}',
            '{"note": "Phường 1"}',
        ),
        word(
            "part",
            "The piece: 1 is the first, -1 the last. Where there are not so many, there is no value.",
            "note: {from: a, split: /, part: -1}",
            '{"a": "H29/15/khai sinh"}',
            '{"note": "khai sinh"}',
        ),
        word(
            "text",
            "What the text was written in: a word, or several; see below.",
            "note: {from: a, text: vni}",
            '{"a": "Höôùng daãn"}',
            '{"note": "Hướng dẫn"}',
        ),
        word(
            "table",
            "The value by a table. Case and spaces make no difference; what the table lacks is a problem.",
            "status: {from: a, table: t}",
            '{"a": " ĐÃ  trả"}',
            '{"status": "returned"}',
            "tables: {t: {Đã trả: returned}}",
        ),
        word(
            "as",
            "A number or code of a form; see below. It is checked and written in one way.",
            "applicant.phone: {from: a, as: phone}",
            '{"a": "+84 901 234 567"}',
            '{"applicant": {"phone": "0901234567"}}',
        ),
        word(
            "find",
            "Like `as`, where the value stands somewhere in a longer text; none or two are a problem.",
            "applicant.phone: {from: a, find: phone}",
            '{"a": "Nhà riêng: (028) 3822 1234, gặp ông Tư"}',
            '{"applicant": {"phone": "02838221234"}}',
        ),
        word(
            "date",
            "How a time or date is written: a pattern, a word, or a list of them; see below.",
            "received_at: {from: a, date: d/M/yyyy H:mm}",
            '{"a": "1/6/2026 7:05"}',
            '{"received_at": "2026-06-01T00:05:00Z"}',
        ),
        word(
            "zone",
            "The zone of times that do not say theirs; Asia/Ho_Chi_Minh unless it is written.",
            "received_at: {from: a, date: d/M/yyyy H:mm, zone: UTC}",
            '{"a": "1/6/2026 7:05"}',
            '{"received_at": "2026-06-01T07:05:00Z"}',
        ),
        word(
            "end_of_day",
            "A day stands for its last second.",
            "due_at: {from: a, date: d/M/yyyy, end_of_day: true}",
            '{"a": "3/6/2026"}',
            '{"due_at": "2026-06-03T16:59:59Z"}',
        ),
        word(
            "money",
            "An amount: `vnd`. What could be read in two ways is a problem.",
            "fees: {each: ., fields: {amount: {from: a, money: vnd}}}",
            '{"a": "1.500.000đ"}',
            '{"fees": [{"amount": 1500000}]}',
        ),
    ),
)

LIST = Chapter(
    "In a list",
    "A list stands under its name in `fields:`, and lists may stand in its rows.",
    (
        word(
            "each",
            "Where the rows stand; one object alone is a list of one, `.` the record itself.",
            "documents: {each: giayTo, fields: {name: {from: ten}}}",
            '{"giayTo": [{"ten": "Đơn"}, {"ten": "CCCD"}]}',
            '{"documents": [{"name": "Đơn"}, {"name": "CCCD"}]}',
        ),
        word(
            "fields",
            "The columns, with paths that begin at the row; lists among them.",
            "supplements: {each: bs, fields: {content: {from: nd}, papers: {each: g, fields: {name: {from: .}}}}}",
            '{"bs": [{"nd": "Thiếu", "g": ["Đơn", "Ảnh"]}]}',
            '{"supplements": [{"content": "Thiếu", "papers": [{"name": "Đơn"}, {"name": "Ảnh"}]}]}',
        ),
        word(
            "split",
            "The rows stand in one text, with this between them; each is `.`.",
            'documents: {each: tep, split: "##", fields: {file_name: {from: .}}}',
            '{"tep": "a.pdf##b.pdf##"}',
            '{"documents": [{"file_name": "a.pdf"}, {"file_name": "b.pdf"}]}',
        ),
        word(
            "inside",
            "The rows stand in the document that `inside` at the top names.",
            "documents: {inside: don, each: G, fields: {name: {from: T}}}",
            '{"d": "<D><G><T>Đơn</T></G></D>"}',
            '{"documents": [{"name": "Đơn"}]}',
            "inside: {don: {from: d, input: xml}}",
        ),
    ),
)

TABLE = Chapter(
    "In a table",
    "A text in place of a key; where `by` names several fields, a table in place of an answer.",
    (
        word(
            "*",
            "Whatever stands there, where no other key fits.",
            _STATUS,
            '{"tinhTrang": "Đã xong", "ketQua": "Khác"}',
            '{"status": "completed"}',
            'tables: {t: {Đã xong: {Không đạt: not_accepted, "*": completed}}}',
        ),
        word(
            '""',
            "Nothing stands there.",
            _STATUS,
            '{"tinhTrang": "Đã xong"}',
            '{"status": "processing"}',
            'tables: {t: {Đã xong: {"": processing, Đạt: completed}}}',
        ),
    ),
)
