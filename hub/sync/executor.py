"""The door to whoever does queued runs: threads of this process, or workers on several machines."""

from typing import Protocol


class Executor(Protocol):
    """Does runs until it is stopped. The rows in `runs` say what is to be done; it only carries "do run N"."""

    def start(self) -> None:
        """Begin to look for work."""

    def wake(self) -> None:
        """There is a new run: look at once."""

    def has_ended(self) -> bool:
        """Whether nothing looks for work any more, though nobody stopped it."""

    def stop(self) -> None:
        """Begin nothing more, let what is under way go back to the queue at its next page, and wait for that."""
