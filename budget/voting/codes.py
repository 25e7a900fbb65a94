"""The text of a voting code: twelve signs, "7KQ2-MXB4-TR9C", the last of which catches slips. Reads no database."""

import secrets

# Crockford's base 32 without vowels: no letter is taken for another, no word appears by chance.
ALPHABET = "0123456789BCDFGHJKMNPQRSTVWXYZ"
LENGTH, GROUP = 12, 4
MISTAKEN = str.maketrans("OIL", "011")
SPACES = " -–—.\u00a0\u202f\t"


def make() -> str:
    """A new code: 54 random bits and a check sign."""
    signs = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH - 1))
    return grouped(signs + check_sign(signs))


def grouped(signs: str) -> str:
    return "-".join(signs[start : start + GROUP] for start in range(0, len(signs), GROUP))


def check_sign(signs: str) -> str:
    """Luhn's check sign over this alphabet: another sign than the right one is always found, two exchanged neighbours
    nearly always."""
    total, size = 0, len(ALPHABET)
    for place, sign in enumerate(reversed(signs)):
        value = ALPHABET.index(sign) * (2 - place % 2)
        total += value // size + value % size
    return ALPHABET[-total % size]


def read(text: str) -> str:
    """The code in what a person typed, whatever its spaces, dashes and case. Raises ValueError where it is none."""
    signs = "".join(sign for sign in text.upper() if sign not in SPACES).translate(MISTAKEN)
    if len(signs) != LENGTH or any(sign not in ALPHABET for sign in signs) or check_sign(signs[:-1]) != signs[-1]:
        raise ValueError("no code is written like this")
    return grouped(signs)
