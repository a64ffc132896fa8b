"""Codes on paper and screens: 22 characters of Crockford's base 32, the last one a check character.

Random (105 bits), without look-alikes, in capitals: a QR code in alphanumeric mode stays small, and any camera opens
``HTTPS://HOST/Q/<code>``. A code carries no value and no personal data.
"""

from __future__ import annotations

import secrets

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 22
_VALUE = {letter: value for value, letter in enumerate(ALPHABET)} | {"I": 1, "L": 1, "O": 0}


def _times_alpha(value: int) -> int:
    """Multiplication by x in GF(32), modulus x^5 + x^2 + 1."""
    value <<= 1
    return value ^ 0b100101 if value & 32 else value


def check_character(body: str) -> str:
    """A weighted sum over GF(32): finds every single wrong character and every pair of swapped neighbours."""
    total = 0
    for letter in body:
        total = _times_alpha(total ^ _VALUE[letter])
    return ALPHABET[total]


def new_code() -> str:
    """A fresh code."""
    body = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH - 1))
    return body + check_character(body)


def as_printed(text: str) -> str | None:
    """Typed letters as they stand on paper: capitals, without gaps, 0 for O and 1 for I and L; None for letters that no
    code has."""
    letters = [letter for letter in text.upper() if letter not in " -\u3000"]
    if any(letter not in _VALUE for letter in letters):
        return None
    return "".join(ALPHABET[_VALUE[letter]] for letter in letters)


def read_code(text: str) -> str | None:
    """The code in what was scanned or typed (an address, small letters, spaces, O for 0), or None when it is not ours."""
    code = as_printed(text.strip().split("?")[0].rstrip("/").rsplit("/", 1)[-1])
    if code is None or len(code) != LENGTH:
        return None
    return code if check_character(code[:-1]) == code[-1] else None


def grouped(code: str) -> str:
    """In groups of four, as people read it aloud."""
    return " ".join(code[at : at + 4] for at in range(0, len(code), 4))
