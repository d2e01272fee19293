"""What the departments hold, phase by phase, from a seed: the same for the disturbed run and for the undisturbed one.

Three systems share dossiers: `so-tu-phap` (SOAP, asked for changes), `mot-cua` (REST, likewise) and `cong-xa` (REST,
always everything: the other systems' national codes beside numbers of its own).
Between the phases records change, are corrected and spoilt, come, go and come back.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from random import Random
from typing import TypeVar

from tests.departments.dossier import Dossier, Flaw, one_step_behind, with_status
from tests.departments.generator import generate

PHASES = ("first", "changed, everything is read", "changed, what changed is read")
FULL = (False, True, False)  # whether a phase asks for everything: only that can tell what is gone
_GATEWAY, _COMMUNE, _JUSTICE = 0.6, 0.3, 0.1  # shares of the records
T = TypeVar("T")
_OFTEN_ENOUGH = 8  # how many at least are treated in each way, however small the city


@dataclass(frozen=True, slots=True)
class Held:
    """What each system holds in one phase; rows of one key may be several."""

    judicial: tuple[Dossier, ...]
    gateway: tuple[Dossier, ...]
    commune: tuple[Dossier, ...]


def phases(seed: int, records: int) -> list[Held]:
    """What the systems hold in each phase; the first has about `records` rows in all."""
    rng = Random(f"{seed} chaos")
    gateway, justice = int(records * _GATEWAY), max(40, int(records * _JUSTICE))
    shared = justice // 3
    faulty = max(3, records // 300)
    city = generate(seed, judicial=justice, one_stop=gateway, shared=shared, faulty=min(faulty, justice // 4))
    commune = _commune(rng, city.judicial, city.one_stop, int(records * _COMMUNE))
    held = [Held(city.judicial, city.one_stop, commune)]
    for number in range(1, len(PHASES)):
        before = held[-1]
        held.append(
            Held(
                tuple(_later(rng, before.judicial, number, removes=FULL[number])),
                tuple(_later(rng, before.gateway, number, removes=FULL[number])),
                tuple(_recoded(rng, [*_later(rng, before.commune, number, removes=True)])),
            )
        )
    return [
        Held(one.judicial, tuple(_repeated(seed, one.gateway)), tuple(_repeated(seed, one.commune))) for one in held
    ]


def _commune(rng: Random, judicial: Sequence[Dossier], gateway: Sequence[Dossier], records: int) -> tuple[Dossier, ...]:
    """The commune's own numbers, most of them for dossiers of the others; one in six a step behind."""
    known = [dossier for dossier in gateway if dossier.national_code not in (None, "undefined") and not dossier.flaw]
    twins = [replace(one, national_code=one.code) for one in judicial if not one.flaw] + known
    chosen = rng.sample(twins, min(len(twins), records))
    behind = [one_step_behind(one) if len(one.steps) > 2 and rng.random() < 1 / 6 else one for one in chosen]
    return tuple(
        replace(one, code=f"000.17.42.H29-26{at:07d}", updated_at=one.steps[-1].at) for at, one in enumerate(behind)
    )


def _later(rng: Random, before: Sequence[Dossier], phase: int, *, removes: bool) -> Iterable[Dossier]:
    """The register after some weeks: a part has moved on, a little was corrected, spoilt, taken out and added."""
    dossiers = {dossier.code: dossier for dossier in before}
    at = max(dossier.updated_at for dossier in before) + timedelta(days=phase)
    moved, corrected, spoilt, removed, added = (_some(rng, [*dossiers], share) for share in (30, 400, 500, 200, 100))
    for code in moved:
        at += timedelta(seconds=1)
        status = rng.choice(("supplement_requested", "completed", "returned", "withdrawn"))
        dossiers[code] = replace(with_status(dossiers[code], status, at), updated_at=at)
    for code in corrected:
        dossiers[code] = replace(dossiers[code], officer=f"{dossiers[code].officer} (thay)", updated_at=at)
    flawed = [code for code, dossier in dossiers.items() if dossier.flaw]
    for code in rng.sample(flawed, len(flawed) // 2):
        at += timedelta(seconds=1)
        dossiers[code] = replace(dossiers[code], flaw=None, updated_at=at)
    for code in spoilt:
        at += timedelta(seconds=1)
        dossiers[code] = replace(dossiers[code], flaw=rng.choice([*Flaw]), updated_at=at)
    for number, code in enumerate(added):
        at += timedelta(seconds=1)
        new = replace(dossiers[code], code=f"{code}9{phase}{number}", national_code=None, updated_at=at)
        dossiers[new.code] = new
    if removes:
        for code in removed:
            del dossiers[code]
    return dossiers.values()


def _recoded(rng: Random, dossiers: Sequence[Dossier]) -> Iterable[Dossier]:
    """Some national codes were wrong: they are another record's, so dossiers part and join anew."""
    changed = {one.code for one in _some(rng, dossiers, 150)}
    codes = [one.national_code for one in dossiers]
    for one in dossiers:
        yield replace(one, national_code=rng.choice(codes)) if one.code in changed else one


def _repeated(seed: int, dossiers: Sequence[Dossier]) -> Iterable[Dossier]:
    """Some rows come twice: as they are, or beside the version before."""
    rng = Random(f"{seed} repeated")
    twice = {one.code for one in _some(rng, dossiers, 150)}
    for one in dossiers:
        yield one
        if one.code in twice:
            older = one_step_behind(one) if len(one.steps) > 2 and not one.flaw else one
            yield one if older is one else replace(older, updated_at=older.steps[-1].at)


def _some(rng: Random, choices: Sequence[T], one_in: int) -> list[T]:
    return rng.sample(choices, min(len(choices) // 4, max(_OFTEN_ENOUGH, len(choices) // one_in)))
