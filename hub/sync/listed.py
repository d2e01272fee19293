"""The records that a full listing showed, as digests of their keys: a million of them in some ten megabytes."""

import sys
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from hashlib import blake2b

_BYTES = 8  # two keys of a million share a digest once in tens of millions of listings, and then a record is kept
_BUCKETS = 256
_BUCKET = 8 * (_BYTES - 1)  # bits of a digest, as a number, behind those that say in which bucket it is


def digests(keys: Iterable[str]) -> bytes:
    """The digests of these keys, one after the other."""
    return b"".join([blake2b(key.encode(), digest_size=_BYTES).digest() for key in keys])


class Listed:
    """Which keys were shown. Add everything first, then ask."""

    def __init__(self) -> None:
        self._buckets = [array("Q") for _ in range(_BUCKETS)]
        self._is_sorted = False

    def add(self, page: bytes) -> None:
        """Add what `digests` made of a page's keys."""
        for one in _numbers(page):
            self._buckets[one >> _BUCKET].append(one)

    def count(self) -> int:
        """How many different keys were shown."""
        self._sort()
        return sum(map(len, self._buckets))

    def missing(self, keys: Sequence[str]) -> Iterator[str]:
        """Those of these keys that were not shown."""
        self._sort()
        for key, one in zip(keys, _numbers(digests(keys)), strict=True):
            bucket = self._buckets[one >> _BUCKET]
            at = bisect_left(bucket, one)
            if at == len(bucket) or bucket[at] != one:
                yield key

    def _sort(self) -> None:
        """One bucket after the other: never all at once as Python's numbers."""
        if not self._is_sorted:
            self._buckets = [array("Q", sorted(set(bucket))) for bucket in self._buckets]
            self._is_sorted = True


def _numbers(page: bytes) -> "array[int]":
    """The digests as numbers in the order of their bytes."""
    found = array("Q", page)
    if sys.byteorder == "little":
        found.byteswap()
    return found
