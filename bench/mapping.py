"""Reading records by a mapping document, against a function written by hand that does the same, and against decoding
the records alone; JSON and XML."""

import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
from lxml import etree

from bench import by_hand
from bench.dossiers import as_xml, document, dossiers
from bench.result import Result
from hub.wiring import record_targets
from mappings.engine import Draft, Mapping, compile, load  # noqa: A004

RECORDS = 20_000
PAGE = 500  # records that are decoded and then read, as in a run
ROUNDS = 3
OF_BY_HAND = 1 / 1.5
AGAINST_HAND, AGAINST_DECODING = "the same by hand", "decoding alone"


def measure() -> list[Result]:
    """The figures for JSON and XML."""
    records = dossiers(RECORDS)
    return [
        *_compared("JSON", [orjson.dumps(one) for one in records], orjson.loads, by_hand.read_json),
        *_compared("XML", [as_xml(one) for one in records], etree.fromstring, by_hand.read_xml),
    ]


def mapping_of(kind: str) -> Mapping:
    """The document of `bench.dossiers`, compiled as the hub does it."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "mapping.yaml"
        path.write_text(document(kind), encoding="utf-8")
        return compile(load(path), record_targets())


def _compared(
    name: str, raw: list[bytes], decode: Callable[[bytes], Any], hand: Callable[[Any], Draft]
) -> list[Result]:
    mapping = mapping_of(name.lower())
    _check_alike([mapping.read(decode(one)) for one in raw], [hand(decode(one)) for one in raw])
    rounds = [[_rates(raw, decode, one) for one in (hand, mapping.read)] for _ in range(ROUNDS)]
    by_hands, mapped = (statistics.median(rates[at].alone for rates in rounds) for at in (0, 1))
    decoded = statistics.median(rate.decoding for rates in rounds for rate in rates)
    both = statistics.median(rates[1].together for rates in rounds)
    return [
        Result(f"{name}: {AGAINST_DECODING}", decoded, "records/s", "itself", 1.0),
        Result(f"{name}: {AGAINST_HAND}", by_hands, "records/s", AGAINST_DECODING, by_hands / decoded),
        Result(f"{name}: by the mapping", mapped, "records/s", AGAINST_HAND, mapped / by_hands, OF_BY_HAND),
        Result(f"{name}: decoded and mapped", both, "records/s", AGAINST_DECODING, both / decoded),
    ]


def _check_alike(mapped: list[Draft], by_hands: list[Draft]) -> None:
    """Both must have read the same, or comparing their times would mean nothing."""
    for ours, theirs in zip(mapped, by_hands, strict=True):
        if _said(ours) != _said(theirs):
            raise RuntimeError(f"they differ: {_said(ours)} and {_said(theirs)}")
    if not any(draft.rejected for draft in mapped) or sum(not draft.problems for draft in mapped) < 0.9 * len(mapped):
        raise RuntimeError("these are not the records that were meant")


def _said(draft: Draft) -> object:
    return draft.values, {(one.field, one.value) for one in draft.problems}, draft.rejected


@dataclass(frozen=True, slots=True)
class _Rates:
    """Records a second."""

    decoding: float
    alone: float  # reading what is decoded
    together: float


def _rates(raw: list[bytes], decode: Callable[[bytes], Any], read: Callable[[Any], Draft]) -> _Rates:
    """Page by page, each decoded and then read."""
    decoding = reading = 0.0
    for at in range(0, len(raw), PAGE):
        started = time.perf_counter()
        values = [decode(one) for one in raw[at : at + PAGE]]
        decoded = time.perf_counter()
        for value in values:
            read(value)
        reading += time.perf_counter() - decoded
        decoding += decoded - started
    return _Rates(len(raw) / decoding, len(raw) / reading, len(raw) / (decoding + reading))
