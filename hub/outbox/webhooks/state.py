"""What a subscription can be, and who moves it."""

from enum import StrEnum


class WebhookState(StrEnum):
    """Where a subscription stands. In any state it keeps its position, so that nothing is missed when it goes on."""

    ACTIVE = "active"
    PAUSED = "paused"  # by a person
    STOPPED = "stopped"  # by the hub, with a reason: 410, days of failing, a client that may not read any more


class Move(StrEnum):
    """What a person may do."""

    PAUSE = "pause"
    RESUME = "resume"


class Content(StrEnum):
    """What a notice says of a dossier."""

    DOSSIER = "dossier"  # as lists show it, as far as the client's grant goes
    REFERENCE = "reference"  # its id and codes: whoever is told asks for the rest


FROM: dict[Move, tuple[WebhookState, ...]] = {
    Move.PAUSE: (WebhookState.ACTIVE,),
    Move.RESUME: (WebhookState.PAUSED, WebhookState.STOPPED),
}
TO: dict[Move, WebhookState] = {Move.PAUSE: WebhookState.PAUSED, Move.RESUME: WebhookState.ACTIVE}


class NoticeState(StrEnum):
    """Where a notice stands."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    FAILED = "failed"  # the subscriber said no to every try; it can be sent again by hand
