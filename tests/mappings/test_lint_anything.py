"""Whatever the text of a document is, lint answers with findings and never with a trace."""

from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hub.wiring import record_targets
from mappings.engine import lint
from mappings.engine.library import built_in
from mappings.engine.yaml_source import Finding
from mappings.engine.yaml_text import write

QUIET = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150, deadline=None)
WHOLE = (built_in() / "cong-quoc-gia" / "ho-so" / "mapping.yaml").read_text(encoding="utf-8")
_SAID = (
    "from value table text date as money each fields default missing join by inside split part find zone required input"
    " xml json csv tcvn3 iso a . code status fees supplements papers extra.x extra. applicant * x[ //a a:b"
)
WORDS = st.sampled_from(sorted(set(_SAID.split(" "))))
PLAIN = WORDS | st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
NESTED = st.recursive(
    PLAIN, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=4), max_leaves=12
)
FIELDS = st.sampled_from(
    ["code", "status", "due_at", "fees", "applicant.name", "extra.x", "digitised", "papers", "cod"]
)
SPECS = st.dictionaries(WORDS, PLAIN | st.lists(PLAIN, max_size=3), max_size=4) | st.fixed_dictionaries(
    {"each": PLAIN, "fields": st.dictionaries(WORDS, st.dictionaries(WORDS, PLAIN, max_size=3), max_size=3)}
)
DOCUMENTS = st.fixed_dictionaries(
    {
        "mapping": st.sampled_from(["a/b", "", 1]),
        "version": st.sampled_from([1, 0, "1"]),
        "entity": st.sampled_from(["dossier", "event", "rating", "procedure", "agency", "dosier", 3]),
        "input": st.sampled_from(["xml", "json", "csv", "diffgram", "xml-in-string", "json-in-string", "yaml"]),
        "fields": st.dictionaries(FIELDS, SPECS, max_size=5) | NESTED,
    },
    optional={"tables": NESTED, "records": NESTED, "namespaces": NESTED, "missing": NESTED, "inside": NESTED},
)


def findings(folder: Path, text: str, tables: str | None = None) -> list[Finding]:
    path = folder / "mapping.yaml"
    path.write_text(text, encoding="utf-8", errors="surrogatepass")
    path.with_name("tables.yaml").unlink(missing_ok=True)
    if tables is not None:
        path.with_name("tables.yaml").write_text(tables, encoding="utf-8", errors="surrogatepass")
    found = lint(path, record_targets())
    assert all(one.line >= 1 and one.column >= 1 and one.what for one in found)
    assert all("Traceback" not in str(one) and "pydantic" not in str(one) for one in found)
    return found


@QUIET
@given(st.text(max_size=60) | st.binary(max_size=40).map(lambda raw: raw.decode("latin-1")))
def test_any_text(tmp_path: Path, text: str) -> None:
    assert findings(tmp_path, text)


@QUIET
@given(DOCUMENTS)
def test_any_document_of_the_languages_own_words(tmp_path: Path, document: dict[str, object]) -> None:
    findings(tmp_path, write(document))


@QUIET
@given(
    st.integers(0, len(WHOLE)),
    st.integers(0, 30),
    st.sampled_from(["", " ", "\n", "{", "}", "[", ":", "'", "&a", "*a"]),
)
def test_a_good_document_with_a_piece_torn_out(tmp_path: Path, at: int, length: int, instead: str) -> None:
    findings(tmp_path, WHOLE[:at] + instead + WHOLE[at + length :], "status: {}\n")


@settings(QUIET, max_examples=40)
@given(NESTED)
def test_any_tables_beside_it(tmp_path: Path, tables: object) -> None:
    findings(tmp_path, WHOLE, write(tables))
