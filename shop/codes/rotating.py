"""The rotating code of a phone: made without network, worthless as a screenshot. Pure; the page's script does the same.

21 characters of Crockford's base 32 and a check character (``points.codes``): 7 name the phone (``handle``), 4 count the
steps of 20 seconds, 10 prove that the phone holds its key. A shop phone without network may be given a handle's key of one
day, never the key itself.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import datetime

from points.codes import ALPHABET, check_character, read_code

STEP_SECONDS = 20
# Shown for one step; good for a minute from its beginning, and half a minute early for a phone whose clock is fast.
MOST_AGE_SECONDS = 60
MOST_EARLY_SECONDS = 30
DAY_SECONDS = 86_400
HANDLE, STEP, PROOF = 7, 4, 10
STEPS = 1 << 5 * STEP
ROOM = "/M/"


@dataclass(frozen=True)
class MemberCode:
    """What a scanned code says. ``step``: the whole number of steps since 1970 that is nearest to the time of the scan."""

    handle: str
    step: int
    proof: str

    @property
    def mark(self) -> str:
        """What may be used once."""
        return f"{self.handle}:{self.step}"


def letters(value: int, length: int) -> str:
    """A whole number in Crockford's base 32, the highest letter first."""
    return "".join(ALPHABET[value >> 5 * at & 31] for at in reversed(range(length)))


def day_of(step: int) -> int:
    """The UTC day, counted from 1970, on which a step begins."""
    return step * STEP_SECONDS // DAY_SECONDS


def day_key(key: bytes, day: int) -> bytes:
    """The key of a UTC day: what a shop phone without network may be lent of a phone's key."""
    return hmac.digest(key, b"day" + day.to_bytes(4, "big"), "sha256")


def step_near(code: str, seconds: int) -> int:
    """The whole number of steps that a code's four letters mean: the one nearest to a moment (Unix time)."""
    low = 0
    for letter in code[HANDLE : HANDLE + STEP]:
        low = low * 32 + ALPHABET.index(letter)
    here = seconds // STEP_SECONDS
    return here + (low - here + STEPS // 2) % STEPS - STEPS // 2


def proof_of(key_of_day: bytes, step: int) -> str:
    """The first 50 bits of the step's HMAC."""
    return letters(
        int.from_bytes(hmac.digest(key_of_day, step.to_bytes(8, "big"), "sha256")[:7], "big") >> 6, PROOF
    )


def member_code(handle: str, key: bytes, at: datetime) -> str:
    """The code a phone shows at a moment."""
    step = int(at.timestamp()) // STEP_SECONDS
    body = handle + letters(step % STEPS, STEP) + proof_of(day_key(key, day_of(step)), step)
    return body + check_character(body)


def read_member_code(text: str, at: datetime) -> MemberCode | None:
    """What a scanned or typed text says as a member code; None when it cannot be a code at all."""
    code = read_code(text)
    if code is None:
        return None
    step = step_near(code, int(at.timestamp()))
    return MemberCode(code[:HANDLE], step, code[HANDLE + STEP : -1]) if step >= 0 else None


def is_genuine(code: MemberCode, key: bytes) -> bool:
    """Whether the phone of the handle made it."""
    return hmac.compare_digest(code.proof, proof_of(day_key(key, day_of(code.step)), code.step))


def is_fresh(code: MemberCode, seconds: float, *, slack: float = 0) -> bool:
    """Whether it may still, or already, be used at a moment (Unix time) that is known to ``slack`` seconds."""
    age = seconds - code.step * STEP_SECONDS
    return -MOST_EARLY_SECONDS - slack <= age <= MOST_AGE_SECONDS + slack
