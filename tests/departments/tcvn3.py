"""Writes text as an old TCVN3 program stores it: each letter one byte, which every newer program reads as cp1252."""

LETTERS = "àáảãạăằắẳẵặâầấẩẫậđèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵĂÂĐÊÔƠƯ"
BYTES = bytes.fromhex(
    "B5 B8 B6 B7 B9 A8 BB BE BC BD C6 A9 C7 CA C8 C9 CB AE"
    "CC D0 CE CF D1 AA D2 D5 D3 D4 D6 D7 DD D8 DC DE"
    "DF E3 E1 E2 E4 AB E5 E8 E6 E7 E9 AC EA ED EB EC EE"
    "EF F3 F1 F2 F4 AD F5 F8 F6 F7 F9 FA FD FB FC FE"
    "A1 A2 A7 A3 A4 A5 A6"
)
_TABLE = str.maketrans(LETTERS, BYTES.decode("cp1252"))


def to_tcvn3(text: str) -> str:
    """`text` as it arrives from such a program; a letter that TCVN3 lacks (a capital with a tone) is a ValueError."""
    if lacking := {letter for letter in text if letter not in LETTERS and not letter.isascii()}:
        raise ValueError(f"TCVN3 cannot write {''.join(sorted(lacking))!r} of {text!r}")
    return text.translate(_TABLE)
