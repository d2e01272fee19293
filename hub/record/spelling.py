"""Words that were mistyped by one letter: what a word and what was meant have in common (SymSpell's way)."""

SHORTEST, LONGEST = 3, 40  # letters; of shorter words nearly every one is a slip of another


def may_be_mistyped(word: str) -> bool:
    """Whether other spellings of this (folded) word are known and looked for: numbers are right or wrong."""
    return SHORTEST <= len(word) <= LONGEST and not any(letter.isdigit() for letter in word)


def forms(word: str) -> set[str]:
    """The word, and the word with each of its letters left out: `van` → van, an, vn, va.

    Two words that are one slip apart have one of these in common; others may too: `is_one_slip` tells.
    """
    return {word, *(word[:at] + word[at + 1 :] for at in range(len(word)))}


def is_one_slip(word: str, other: str) -> bool:
    """Whether one letter is wrong, missing or too many, or two neighbours are swapped. Not of a word and itself."""
    if word == other or abs(len(word) - len(other)) > 1:
        return False
    at = _common_start(word, other)
    rest, theirs = word[at:], other[at:]
    return (
        rest[1:] == theirs[1:]  # another letter
        or rest[1:] == theirs  # one too many
        or rest == theirs[1:]  # one missing
        or (rest[:2] == theirs[1::-1] and rest[2:] == theirs[2:])  # two swapped
    )


def _common_start(word: str, other: str) -> int:
    at = 0
    for mine, theirs in zip(word, other, strict=False):
        if mine != theirs:
            break
        at += 1
    return at
