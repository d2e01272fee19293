"""One measured figure."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Result:
    """`ratio` is `value` against what `against` names, measured in the same run; `target` is the least ratio wanted."""

    name: str
    value: float
    unit: str
    against: str
    ratio: float
    target: float | None = None

    @property
    def met(self) -> bool | None:
        """Whether the target was reached; None where there is none."""
        return None if self.target is None else self.ratio >= self.target
