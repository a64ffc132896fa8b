"""Whole numbers of points, and money as whole fen, read from what people type or put into a sheet.

Strict on purpose: ``int("٣")`` is 3 and ``int(1.5)`` is 1, and both would book something nobody wrote.
"""

from __future__ import annotations

import re

from points.errors import Invalid

# Input methods leave full-width digits and the typographic minus in sheets. Nothing else is translated:
# NFKC would also read a superscript or a circled digit as a number.
_FROM_FULL_WIDTH = str.maketrans("０１２３４５６７８９－−．　", "0123456789--. ")
_WHOLE = re.compile(r"-?[0-9]+")
_FRACTION = re.compile(r"-?[0-9]*\.[0-9]*")
_YUAN = re.compile(r"([0-9]+)(?:\.([0-9]+))?")
# Far above any real amount and far below what a database column or a slow int() would mind.
_MOST_DIGITS = 15


def parse_points(text: str | None, *, least: int, most: int, full_width: bool = False) -> int:
    """The whole number of points that ``text`` spells in ASCII digits, from ``least`` to ``most``.

    ``full_width``: also accept full-width digits and minus signs, as found in sheets; forms leave it off.

    Raises Invalid: ``amount_missing``, ``amount_not_whole`` (1.5), ``amount_negative`` (only where no
    negative amount is allowed), ``amount_not_a_number`` (1e9, ٣, 1,000), ``amount_too_small``,
    ``amount_too_large``. Facts: ``value``, ``least``, ``most``.
    """
    written = _written(text, full_width)
    facts = {"value": written[:60], "least": least, "most": most}
    if not written:
        raise Invalid("amount_missing", **facts)
    if not _WHOLE.fullmatch(written):
        raise Invalid(_what_is_wrong_with(written), **facts)
    if written.startswith("-") and least >= 0:
        raise Invalid("amount_negative", **facts)
    return _within(written, least, most, facts)


def parse_fen(text: str | None, *, most: int = 10_000_000, full_width: bool = False) -> int:
    """An amount written in yuan ("12", "12.5", "12.50") as whole fen; never passes through a float.

    Raises Invalid with the codes of ``parse_points``, and ``amount_too_fine`` where fractions of a fen
    are written. Facts: ``value``, ``least``, ``most`` (the last two in fen).
    """
    written = _written(text, full_width)
    facts = {"value": written[:60], "least": 0, "most": most}
    if not written:
        raise Invalid("amount_missing", **facts)
    if written.startswith("-") and _YUAN.fullmatch(written[1:]):
        raise Invalid("amount_negative", **facts)
    match = _YUAN.fullmatch(written)
    if match is None:
        raise Invalid("amount_not_a_number", **facts)
    yuan, fraction = match.group(1), (match.group(2) or "").rstrip("0")
    if len(fraction) > 2:
        raise Invalid("amount_too_fine", **facts)
    return _within(yuan + fraction.ljust(2, "0"), 0, most, facts)


def _written(text: str | None, full_width: bool) -> str:
    written = text or ""
    if full_width:
        written = written.translate(_FROM_FULL_WIDTH)
    return written.strip(" \t\r\n")


def _what_is_wrong_with(written: str) -> str:
    if _FRACTION.fullmatch(written) and any(sign.isdigit() for sign in written):
        return "amount_not_whole"
    return "amount_not_a_number"


def _within(digits: str, least: int, most: int, facts: dict[str, object]) -> int:
    significant = digits.lstrip("-").lstrip("0")
    if len(significant) > _MOST_DIGITS:
        code = "amount_too_small" if digits.startswith("-") else "amount_too_large"
        raise Invalid(code, **facts)
    amount = int(digits)
    if amount < least:
        raise Invalid("amount_too_small", **facts)
    if amount > most:
        raise Invalid("amount_too_large", **facts)
    return amount
