"""Dossiers as they are fetched: what persons decided on their records counts for good."""

import pytest

from hub.record.identity import Code, codes_of
from hub.record.merge import Source
from hub.store.laid_out import believed

OFFICIAL = "000.00.15.H29-260520-0001"


@pytest.mark.parametrize("wrong", [Code("before", "24-1"), Code("now", "24-1"), Code("", OFFICIAL)])
def test_a_disowned_code_stays_disowned_whatever_agency_its_connector_has_now(wrong: Code) -> None:
    said = {"code": "24-1", "national_code": OFFICIAL, "status": "processing"}
    source = Source("a", "1", 3, "now", "2026-05-20T00:00:00Z", said, {"note": 1}, "event")
    found = believed(source, {("a", "1"): {wrong}})
    assert wrong.value not in {code.value for code in codes_of(found.values, found.scope)}
    assert len(codes_of(found.values, found.scope)) == 1
    rest = (found.name, found.precedence, found.precedence_for, found.changed_at, found.entity)
    assert rest == (("a", "1"), 3, {"note": 1}, "2026-05-20T00:00:00Z", "event")
    assert believed(source, {("a", "2"): {wrong}}) is source
