"""Text as it is searched."""

import unicodedata

import pytest

from hub.record.text import fold


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_accents_case_and_d_do_not_matter_in_either_unicode_form(form: str) -> None:
    written = unicodedata.normalize(form, "Nguyễn ĐỨC Ưng")  # type: ignore[arg-type]
    assert fold(written) == "nguyen duc ung"
