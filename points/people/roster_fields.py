"""What the cells of a household roster mean: year of birth, phone, membership, grid.

Villages write each of these in half a dozen shapes. Everything here is pure and takes cleaned text
(``points.sheets.clean_text``); what cannot be meant is refused with Invalid, never guessed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date, timedelta

from points.errors import Invalid
from points.sheets import clean_text, one_of

HEAD = "户主"
_HEAD_WORDS = {
    "户主", "本人", "户主本人",
    "head", "self", "householder", "head of household", "household head",
}  # fmt: skip

# ASCII digits only: what is left of other scripts after cleaning is refused, not read.
_YEAR = re.compile(r"(\d{4})年?", re.ASCII)
_YEAR_FIRST = re.compile(
    r"(\d{4})(?:年|[-/.])(\d{1,2})(?:(?:月|[-/.])(?:(\d{1,2})[日号]?)?)?(?:[\sT]*\d{1,2}:\d{2}.*)?", re.ASCII
)
_YEAR_LAST = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})", re.ASCII)
_RUN_OF_DIGITS = re.compile(r"(\d{4})(\d{2})(\d{2})?", re.ASCII)
_SERIAL = re.compile(r"(\d{5})(?:\.\d+)?", re.ASCII)
_BORN = re.compile(r"(?:出生|生)$")
# Day 0 of the serial dates that spreadsheets store, in the 1900 system that all current ones write.
_SERIAL_DAY_0 = date(1899, 12, 30)
# Nobody in a roster is older; and a year put into a cell formatted as a date turns into 1905.
_OLDEST_YEARS, _NEVER_BEFORE = 120, 1906

_MOBILE = re.compile(r"1\d{10}", re.ASCII)
_PHONE_DRESSING = re.compile(r"[\s\-\u2010-\u2015\u2212.()·]+")
_CHINA_PREFIX = re.compile(r"(?:\+|00)?86(?=1\d{10}$)", re.ASCII)
_AS_A_FLOAT = re.compile(r"(1\d{10})\.0", re.ASCII)
_SEVERAL_PHONES = re.compile(r"(?<!\d)1\d{10}(?!\d)", re.ASCII)

_GRID_IN_A_TITLE = re.compile(r"第?[一二三四五六七八九十百零〇\d]+号?网格")

_GENDERS = {
    "男": "male", "男性": "male", "male": "male", "m": "male",
    "女": "female", "女性": "female", "female": "female", "f": "female",
    "未知": "", "不详": "", "unknown": "",
}  # fmt: skip
_MEMBERSHIPS = {
    **dict.fromkeys(("是", "√", "✓", "✔", "☑", "y", "yes", "true"), "yes"),
    **dict.fromkeys(("党员", "中共党员", "正式党员", "预备党员", "中共预备党员"), "yes"),
    **dict.fromkeys(("否", "不是", "×", "✗", "✘", "x", "n", "no", "false"), "no"),
    **dict.fromkeys(("非党员", "群众", "团员", "共青团员"), "no"),
}
_gender_word = one_of(_GENDERS, default="")
_membership_word = one_of(_MEMBERSHIPS, default="no")


def household_number_of(text: str) -> str | None:
    """A household's number with its leading zeros, upper case, without spaces; None where the cell is empty.

    Raises Invalid ``text_too_long`` (``limit``).
    """
    number = text.replace(" ", "").upper()
    if len(number) > 20:
        raise Invalid("text_too_long", limit=20)
    return number or None


def name_of(text: str) -> str:
    """A person's name.

    Raises Invalid ``name_missing``, ``name_not_valid`` (digits in it, or no letter), ``text_garbled``.
    """
    if not text:
        raise Invalid("name_missing")
    if "\ufffd" in text or "锟斤拷" in text:
        raise Invalid("text_garbled")
    if len(text) > 40 or any(sign.isdigit() for sign in text) or not any(sign.isalpha() for sign in text):
        raise Invalid("name_not_valid")
    return text


def relation_of(text: str) -> str | None:
    """The relation to the head as written; every word for the head becomes ``HEAD``.

    Raises Invalid ``text_too_long`` (``limit``).
    """
    if text.casefold() in _HEAD_WORDS:
        return HEAD
    if len(text) > 20:
        raise Invalid("text_too_long", limit=20)
    return text or None


def gender_of(text: str) -> str | None:
    """'male', 'female', or None where it is empty or unknown. Raises Invalid ``gender_not_understood``."""
    try:
        return _gender_word(text) or None
    except Invalid:
        raise Invalid("gender_not_understood") from None


def party_member_of(text: str) -> bool:
    """Whether the cell says party member; empty says no. Raises Invalid ``party_member_not_understood``."""
    try:
        return _membership_word(text) == "yes"
    except Invalid:
        raise Invalid("party_member_not_understood") from None


def phone_of(text: str) -> str | None:
    """Eleven digits of a mobile number, without spaces, dashes or +86; None where the cell is empty.

    Raises Invalid ``phone_not_valid`` (``digits``: how many were found), ``phone_more_than_one``.
    """
    if not text:
        return None
    bare = _PHONE_DRESSING.sub("", _AS_A_FLOAT.sub(r"\1", text))
    bare = _CHINA_PREFIX.sub("", bare)
    if _MOBILE.fullmatch(bare):
        return bare
    if len(_SEVERAL_PHONES.findall(text)) > 1:
        raise Invalid("phone_more_than_one")
    raise Invalid("phone_not_valid", digits=sum(sign.isdigit() for sign in bare))


def birth_year_reader(today: date) -> Callable[[str], int | None]:
    """A parser for the year of birth as of ``today``; it gives None for an empty cell.

    Only the year is kept. It raises Invalid ``birth_not_understood`` and ``birth_year_out_of_range``
    (``year``, ``least``, ``most``).
    """
    least, most = max(today.year - _OLDEST_YEARS, _NEVER_BEFORE), today.year

    def parse(text: str) -> int | None:
        if not text:
            return None
        year = _year_in(_BORN.sub("", text).strip())
        if year is None:
            raise Invalid("birth_not_understood")
        if not least <= year <= most:
            raise Invalid("birth_year_out_of_range", year=year, least=least, most=most)
        return year

    return parse


def grid_in(title: Sequence[str]) -> str | None:
    """The grid that the lines above a header name ("清泉村第三网格户籍花名册"), if they name just one."""
    found = {name for line in title for name in _GRID_IN_A_TITLE.findall(clean_text(line))}
    return found.pop() if len(found) == 1 else None


def _year_in(text: str) -> int | None:
    if match := _YEAR.fullmatch(text):
        return int(match.group(1))
    if match := _SERIAL.fullmatch(text):
        return (_SERIAL_DAY_0 + timedelta(days=int(match.group(1)))).year
    if match := _RUN_OF_DIGITS.fullmatch(text) or _YEAR_FIRST.fullmatch(text):
        year, month, day = match.groups()
        return int(year) if _is_a_day(month, day) else None
    if match := _YEAR_LAST.fullmatch(text):
        one, other, year = match.groups()
        return int(year) if _is_a_day(one, other) or _is_a_day(other, one) else None
    return None


def _is_a_day(month: str, day: str | None) -> bool:
    """The 30th of the second month passes: elders give their birthday by the lunar calendar."""
    return 1 <= int(month) <= 12 and 1 <= int(day or 1) <= 31
