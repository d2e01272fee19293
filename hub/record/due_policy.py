"""What a supplement does to a term: three rules that exist side by side, each from its day on (domain §5)."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from hub.record.catalogue import Procedure


class Policy(StrEnum):
    """What happens to the due date when papers that were asked for have come."""

    RESTART = "restart"  # the whole term begins anew
    EXTEND = "extend"  # the time that was waited is added
    FROM_COMPLETE = "from_complete"  # the term only begins with the complete dossier


@dataclass(frozen=True, slots=True)
class Rule:
    """A policy, from the first day on which it holds for dossiers that are received, and where that is written."""

    since: date
    policy: Policy
    source_vi: str
    source_en: str


# The text of Decree 118/2025 (01/07/2025 to 04/08/2026) on this point is not at hand: Decree 61's rule is kept for it.
RULES = (
    Rule(date(2026, 8, 5), Policy.FROM_COMPLETE, "Nghị định 309/2026/NĐ-CP, Điều 8", "Decree 309/2026 Art. 8"),
    Rule(date.min, Policy.RESTART, "Nghị định 61/2018/NĐ-CP, Điều 19(4)", "Decree 61/2018 Art. 19(4)"),
)


def policy_on(day: date, procedure: Procedure | None) -> Rule:
    """The policy for a dossier that was received on a day; what the procedure says itself goes before."""
    if procedure is not None and procedure.supplement_policy:
        since = procedure.valid.first or date.min
        return Rule(since, Policy(procedure.supplement_policy), "danh mục thủ tục", "the catalogue of procedures")
    return next(rule for rule in RULES if rule.since <= day)
