"""Why a push is not taken: an HTTP status, a stable code, and a sentence for the department's programmer."""


class NotTaken(Exception):
    """Nothing of this push was stored. `retry_after` (seconds): it will be welcome later as it is."""

    def __init__(self, status: int, code: str, sentence: str, *, retry_after: int | None = None) -> None:
        super().__init__(sentence)
        self.status = status
        self.code = code
        self.sentence = sentence
        self.retry_after = retry_after


def unreadable(sentence: str) -> NotTaken:
    """The body is there but is not what the settings promise; sent again it will be the same."""
    return NotTaken(422, "unreadable_body", f"{sentence}. Nothing was stored.")
