"""The words at the top of a document, and what its records can be."""

from mappings.reference.word import Chapter, word

_NOTE = "note: {from: a}"

DOCUMENT = Chapter(
    "At the top of a document",
    "The first five must be there.",
    (
        word(
            "mapping",
            "The document's name: its folder below a folder of mappings.",
            _NOTE,
            '{"a": "x"}',
            '{"note": "x"}',
            "mapping: so-thu-nghiem/ho-so",
        ),
        word("version", "One more with every change.", _NOTE, '{"a": "x"}', '{"note": "x"}', "version: 3"),
        word(
            "entity",
            "What a record becomes: `dossier`, `event`, `rating`, `procedure` or `agency`.",
            _NOTE,
            '{"a": "x"}',
            '{"note": "x"}',
            "entity: dossier",
        ),
        word(
            "input",
            "What a record is; see below.",
            "note: {from: A}",
            "<HoSo><A>x</A></HoSo>",
            '{"note": "x"}',
            "input: xml",
        ),
        word("fields", "What is filled, and from where.", _NOTE, '{"a": "x"}', '{"note": "x"}'),
        word(
            "records",
            "Where the records stand in a whole answer. A connector finds them by its own settings; this is for cases.",
            _NOTE,
            '{"a": "x"}',
            '{"note": "x"}',
            "records: content",
        ),
        word(
            "namespaces",
            "Prefixes for XML; a name without a prefix means that name in any namespace.",
            "note: {from: h:A}",
            '<HoSo><A>x</A><A xmlns="urn:1">y</A></HoSo>',
            '{"note": "y"}',
            "input: xml\nnamespaces: {h: 'urn:1'}",
        ),
        word(
            "missing",
            "Texts that mean “no value” in every field, besides the empty one.",
            _NOTE,
            '{"a": "N/A"}',
            "{}",
            'missing: ["N/A"]',
        ),
        word(
            "inside",
            "A document that stands as a text in one field: a name for it, the field, and whether it is XML or JSON.",
            "note: {inside: don, from: A/B}",
            '{"DuLieu": "<Don><A><B>x</B></A></Don>"}',
            '{"note": "x"}',
            "inside: {don: {from: DuLieu, input: xml}}",
        ),
        word(
            "tables",
            "Tables by name; or without this word in `tables.yaml` beside the document.",
            "status: {from: a, table: t}",
            '{"a": "Xong"}',
            '{"status": "completed"}',
            "tables: {t: {Xong: completed}}",
        ),
    ),
)

INPUTS = Chapter(
    "What a record is (`input:`)",
    "It decides how `from:` is written.",
    (
        word(
            "xml",
            "XML. Names joined by `/`, `@name` for an attribute, or any XPath 1.0.",
            "note: {from: A/@b}",
            '<HoSo><A b="x"/></HoSo>',
            '{"note": "x"}',
            "input: xml",
        ),
        word(
            "json",
            "JSON. Names joined by `.`, or any JMESPath.",
            "note: {from: a.b}",
            '{"a": {"b": "x"}}',
            '{"note": "x"}',
            "input: json",
        ),
        word(
            "csv",
            "A row of a CSV or Excel file. `from:` is the column's name as in the header, dots and quotes included.",
            "note: {from: 'Số (đ.v: \"bộ\")'}",
            '{"Số (đ.v: \\"bộ\\")": "3"}',
            '{"note": "3"}',
            "input: csv",
        ),
        word(
            "xml-in-string",
            "A text, or an element with a text, that is XML. Paths are those of `xml`.",
            "note: {from: A}",
            "<string>&lt;HoSo&gt;&lt;A&gt;x&lt;/A&gt;&lt;/HoSo&gt;</string>",
            '{"note": "x"}',
            "input: xml-in-string",
        ),
        word(
            "json-in-string",
            "A text, or an element with a text, that is JSON. Paths are those of `json`.",
            "note: {from: a.b}",
            '<string>{"a": {"b": "x"}}</string>',
            '{"note": "x"}',
            "input: json-in-string",
        ),
        word(
            "diffgram",
            "A row of a .NET DataSet. Paths are those of `xml`; without `records` every row of an answer is a record.",
            "note: {from: A}",
            "<HoSo><A>x</A></HoSo>",
            '{"note": "x"}',
            "input: diffgram",
        ),
    ),
)
