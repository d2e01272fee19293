"""Invents the dossiers of two departments from a seed: the same seed gives the same city, whatever the day."""

from argparse import ArgumentParser, Namespace
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from random import Random

from tests.departments.catalogue import (
    CITY,
    GIVEN_NAMES,
    JUDICIAL,
    JUSTICE,
    MIDDLE_NAMES,
    OFFICERS,
    ONE_STOP,
    PATHS,
    STEP_TEXTS,
    STREETS,
    SURNAMES,
    WARDS,
    Agency,
    Procedure,
)
from tests.departments.dossier import LOCAL, Applicant, Dossier, Flaw, Step, one_step_behind

FIRST_DAY, LAST_DAY = date(2026, 3, 2), date(2026, 6, 30)
HOLIDAYS = {date(2026, 4, 27), date(2026, 4, 30), date(2026, 5, 1)}  # Giỗ Tổ (moved from Sunday), 30/4, 1/5
WORKING_DAYS = [
    day
    for day in (FIRST_DAY + timedelta(days=n) for n in range((LAST_DAY - FIRST_DAY).days + 1))
    if day.weekday() < 5 and day not in HOLIDAYS
]
MORNING, DAY = 4 * 60, 4 * 60 + 3 * 60 + 30  # working minutes: 7:30–11:30, 13:30–17:00
CLOSING = time(17, tzinfo=LOCAL)
LAST_SUBMISSION = WORKING_DAYS.index(date(2026, 5, 20)) * DAY


@dataclass(frozen=True, slots=True)
class City:
    """What both departments hold; every dossier of `one_stop` that is shared names its judicial twin."""

    judicial: tuple[Dossier, ...]
    one_stop: tuple[Dossier, ...]


def generate(seed: int = 2026, *, judicial: int = 600, one_stop: int = 800, shared: int = 120, faulty: int = 3) -> City:
    """Invent a city. `judicial` and `one_stop` count everything each serves, `shared` and `faulty` included."""
    rng = Random(f"{seed} so-tu-phap")
    serials: Counter[str] = Counter()
    judicial_kinds = rng.choices(JUDICIAL, weights=(8, 1, 1), k=judicial)
    originals = [_dossier(rng, kind, JUSTICE, serials) for kind in judicial_kinds]
    chosen = rng.sample(range(judicial), shared + faulty)
    originals = _flawed(originals, chosen[shared:])

    rng = Random(f"{seed} mot-cua")
    one_stop_kinds = rng.choices(ONE_STOP, k=one_stop - shared)
    own = [_with_national_code(rng, _dossier(rng, kind, agency, serials)) for kind, agency in one_stop_kinds]
    own = _flawed(own, rng.sample(range(len(own)), faulty))
    local: Counter[str] = Counter()
    twins = [_twin(rng, originals[index]) for index in chosen[:shared]]
    gateway = [replace(dossier, code=_code(CITY, dossier.received_at, local)) for dossier in [*own, *twins]]
    gateway = [
        replace(dossier, updated_at=dossier.updated_at.replace(microsecond=rng.randrange(1000) * 1000))
        for dossier in gateway
    ]
    return City(tuple(_tied(originals)), tuple(_tied(gateway)))


def _dossier(rng: Random, procedure: Procedure, agency: Agency, serials: Counter[str]) -> Dossier:
    ((_, path),) = rng.choices(PATHS, weights=[weight for weight, _ in PATHS])
    minute = rng.randrange(LAST_SUBMISSION)
    officer = rng.choice(OFFICERS)
    steps = tuple(_steps(rng, path, minute, officer))
    received_at = steps[1].at
    fees = procedure.fees[: rng.randint(0, len(procedure.fees))]
    if path[-1] == "payment_requested":
        fees = fees or (("Lệ phí giải quyết hồ sơ", 50_000),)
    taken_in = "accepted" in path
    return Dossier(
        code=_code(agency, received_at, serials),
        national_code=None,
        procedure=procedure,
        agency=agency,
        applicant=_applicant(rng),
        channel=rng.choices(("online", "direct", "post"), weights=(6, 3, 1))[0],
        status=path[-1],
        submitted_at=steps[0].at,
        received_at=received_at,
        due_at=_due(received_at, procedure.term) if taken_in else None,
        updated_at=_updated(rng, steps[-1].at),
        officer=officer,
        papers=procedure.papers[: rng.randint(2, len(procedure.papers))],
        fees=fees,
        steps=steps,
        completed_at=next((step.at for step in steps if step.status == "completed"), None),
        returned_at=next((step.at for step in steps if step.status == "returned"), None),
    )


def _steps(rng: Random, path: tuple[str, ...], minute: int, officer: str) -> Iterator[Step]:
    for number, status in enumerate(path):
        text, unit = STEP_TEXTS[status]
        if number == 1 and status == "registered":
            text = "Hồ sơ chờ tiếp nhận"
        yield Step(_moment(minute, rng.randrange(60)), status, text, officer, unit)
        minute += rng.randint(5, 120) if number == 0 else rng.randint(30, 4 * DAY)


def _moment(minute: int, second: int) -> datetime:
    """The working minute `minute` since the first morning, as a time of the calendar."""
    day, rest = divmod(minute, DAY)
    opening = time(7, 30, second) if rest < MORNING else time(13, 30, second)
    return datetime.combine(WORKING_DAYS[day], opening, LOCAL) + timedelta(minutes=rest % MORNING)


def _due(received_at: datetime, term: int) -> datetime:
    return datetime.combine(WORKING_DAYS[WORKING_DAYS.index(received_at.date()) + term], CLOSING)


def _updated(rng: Random, last_step: datetime) -> datetime:
    """A third of the dossiers are touched again by the transfer that closes each day, all in one second."""
    return datetime.combine(last_step.date(), CLOSING) if rng.random() < 1 / 3 else last_step


def _code(agency: Agency, received_at: datetime, serials: Counter[str]) -> str:
    day = f"{agency.code}-{received_at:%y%m%d}"
    serials[day] += 1
    return f"{day}-{serials[day]:04d}"


def _applicant(rng: Random) -> Applicant:
    female = rng.random() < 0.5
    birth_date = date(1950, 1, 1) + timedelta(days=rng.randrange(56 * 365))
    century_and_sex = (birth_date.year // 100 - 19) * 2 + female
    name = _name(rng, "female" if female else "male")
    return Applicant(
        name=name,
        id_number=f"000{century_and_sex}{birth_date:%y}{rng.randrange(10**6):06d}",  # there is no province 000
        birth_date=birth_date,
        female=female,
        phone=f"0400{rng.randrange(10**6):06d}",  # the area code 04 was withdrawn in 2017
        street=f"{rng.randint(1, 480)} {rng.choice(STREETS)}",
        ward=rng.choice(WARDS),
        submitter=name if rng.random() < 0.85 else _name(rng, rng.choice(("female", "male"))),
    )


def _name(rng: Random, sex: str) -> str:
    return f"{rng.choice(SURNAMES)} {rng.choice(MIDDLE_NAMES[sex])} {rng.choice(GIVEN_NAMES[sex])}"


def _with_national_code(rng: Random, dossier: Dossier) -> Dossier:
    """A national code, the text "undefined", or none, as the real gateway has them.

    A fifth digit in the serial keeps these apart from every local code.
    """
    day, _, serial = dossier.code.rpartition("-")
    (code,) = rng.choices((f"{day}-1{serial}", "undefined", None), weights=(5, 2, 3))
    return replace(dossier, national_code=code)


def _twin(rng: Random, original: Dossier) -> Dossier:
    """The same dossier at the one-stop gateway; one in six has not heard of the last step yet."""
    twin = one_step_behind(original) if len(original.steps) > 2 and rng.random() < 1 / 6 else original
    return replace(twin, national_code=original.code, updated_at=twin.steps[-1].at)


def _flawed(dossiers: list[Dossier], indexes: list[int]) -> list[Dossier]:
    flaws = {index: list(Flaw)[number % len(Flaw)] for number, index in enumerate(indexes)}
    return [replace(dossier, flaw=flaws.get(index)) for index, dossier in enumerate(dossiers)]


def _tied(dossiers: list[Dossier]) -> list[Dossier]:
    """A fifth of all changed in one instant (a bulk transfer): with the default counts more than a page of 100."""
    dossiers = sorted(dossiers, key=lambda dossier: (dossier.updated_at, dossier.code))
    block = slice(len(dossiers) // 2, len(dossiers) // 2 + len(dossiers) // 5)
    if tied := dossiers[block]:
        instant = tied[-1].updated_at
        dossiers[block] = [replace(dossier, updated_at=instant) for dossier in tied]
    return dossiers


def add_arguments(parser: ArgumentParser, *, port: int) -> None:
    """The options of both departments' programs: with the same ones they hold the same city."""
    parser.add_argument("--port", type=int, default=port, help="0: any free port (default %(default)s)")
    parser.add_argument("--seed", type=int, default=2026)
    parser.add_argument("--judicial", type=int, default=600, help="dossiers of the justice department")
    parser.add_argument("--one-stop", type=int, default=800, help="dossiers of the one-stop gateway")
    parser.add_argument("--shared", type=int, default=120, help="dossiers that both have")
    parser.add_argument("--faulty", type=int, default=3, help="records of each that nobody can read")


def city_of(arguments: Namespace) -> City:
    """The city that the options describe."""
    return generate(
        arguments.seed,
        judicial=arguments.judicial,
        one_stop=arguments.one_stop,
        shared=arguments.shared,
        faulty=arguments.faulty,
    )
