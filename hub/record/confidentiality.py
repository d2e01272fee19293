"""How confidential a dossier is: said by its source (a mapping's field), normal where none says."""

from enum import StrEnum


class Level(StrEnum):
    """Who may see a dossier at all; each level holds those before it. State secrets have no place in the hub."""

    NORMAL = "normal"
    LIMITED = "limited"  # handling it is nobody's business but that of who handles it
    SENSITIVE = "sensitive"  # it holds sensitive personal data (Law 91/2025/QH15): health, beliefs, criminal records


_RANKS = {level: at for at, level in enumerate(Level)}


def rank(level: str | None) -> int:
    """0 for what no source says; the higher the more confidential."""
    return 0 if level is None else _RANKS[Level(level)]
