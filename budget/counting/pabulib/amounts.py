"""Numbers as people write them in tables, made whole."""

import re
from collections.abc import Sequence

# A comma before decimals is a Polish point. More digits than any town's money has are a mistake.
NUMBER = re.compile(r"([+-]?)(\d{1,18})(?:[.,](\d{0,12}))?")
MOST_WHOLE = 10**15


def split(text: str) -> tuple[int, int] | None:
    """A decimal number as (whole number, decimals), trailing zeros left out: "12,50" gives (125, 1). Else None."""
    match = NUMBER.fullmatch(text)
    if not match:
        return None
    sign, whole, decimals = match.groups()
    decimals = (decimals or "").rstrip("0")
    if int(whole) > MOST_WHOLE:
        return None
    number = int(whole + decimals)
    return (-number if sign == "-" else number), len(decimals)


def whole(numbers: Sequence[tuple[int, int]]) -> tuple[list[int], int]:
    """Numbers of `split` on one scale: (whole numbers, the power of ten that they were multiplied by)."""
    most = max((decimals for _number, decimals in numbers), default=0)
    return [number * 10 ** (most - decimals) for number, decimals in numbers], 10**most
