"""Departments that push and people who look, over HTTP, while the processes that answer come and go."""

import threading
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import orjson
import requests

from tests.departments.dossier import Dossier
from tests.departments.generator import generate
from tests.departments.mot_cua_json import dossier_id, write_dossier

CONNECTOR, AGENCY = "day-len", "000.99.01.H29"
_CLEAN = (200, 503)
_PAUSE_SECONDS, _PATIENCE_SECONDS = 0.2, 15


class Load:
    """Pushes dossiers of its own, each until it is answered as taken, and looks at the API in between."""

    def __init__(self, webs: Sequence[str], key: str) -> None:
        self._webs = webs
        self._headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
        self._ended = threading.Event()
        self._threads = [threading.Thread(target=self._push, args=(at,), daemon=True) for at in range(len(webs))]
        self.taken: set[str] = set()  # keys of records that were answered for
        self.taken_at: list[float] = []
        self.answers: Counter[str] = Counter()
        self.wrong: list[str] = []

    def start(self) -> None:
        """Begin."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """End, each with what it is about to push."""
        self._ended.set()
        for thread in self._threads:
            thread.join()

    def _push(self, pusher: int) -> None:
        for number, dossier in enumerate(_dossiers(pusher)):
            self._until_taken(pusher, dossier, number)
            if self._ended.wait(_PAUSE_SECONDS):
                return

    def _until_taken(self, pusher: int, dossier: Dossier, number: int) -> None:
        body = orjson.dumps(write_dossier(dossier))
        headers = self._headers | {"Idempotency-Key": f"{pusher}/{number}"}
        for at in range(pusher, pusher + 1000):
            url = f"{self._webs[at % len(self._webs)]}/api/v1/push/{CONNECTOR}"
            try:
                answer = requests.post(url, body, headers=headers, timeout=_PATIENCE_SECONDS)
            except requests.RequestException as error:
                self.answers[type(error).__name__] += 1
                self._ended.wait(_PAUSE_SECONDS)
                continue
            self.answers[str(answer.status_code)] += 1
            if answer.status_code not in _CLEAN:
                self.wrong.append(f"a push was answered {answer.status_code}: {answer.text[:300]}")
            elif answer.status_code == 200:
                self.taken.add(dossier_id(dossier))
                self.taken_at.append(time.monotonic())
                return
            elif "Retry-After" not in answer.headers:
                self.wrong.append(f"503 does not say when to come again: {answer.text[:300]}")
            self._ended.wait(_PAUSE_SECONDS)
        self.wrong.append(f"push {pusher}/{number} was never taken")


def _dossiers(pusher: int) -> Sequence[Dossier]:
    found = generate(pusher, judicial=0, one_stop=5000, shared=0, faulty=0).one_stop
    return [replace(one, code=f"{AGENCY}-26{pusher}{at:05}", national_code=None) for at, one in enumerate(found)]
