"""What was worked out a moment ago, for the charts of weeks and months: another minute changes nothing that is seen."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from time import monotonic
from typing import Generic, TypeVar

T = TypeVar("T")
_SECONDS, _MOST = 60.0, 32


class Kept(Generic[T]):
    """Values by what they were asked for; those that were not asked for longest are dropped."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._values: OrderedDict[Hashable, tuple[float, T]] = OrderedDict()

    def of(self, asked: Hashable, work: Callable[[], T]) -> T:
        """The value, worked out now where it is not kept."""
        with self._lock:
            found = self._values.get(asked)
        if found is not None and monotonic() - found[0] < _SECONDS:
            return found[1]
        value = work()
        with self._lock:
            self._values[asked] = (monotonic(), value)
            self._values.move_to_end(asked)
            while len(self._values) > _MOST:
                self._values.popitem(last=False)
        return value
