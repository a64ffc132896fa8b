"""Proving who one is: phone and password, counted, slow on purpose, and silent about who has an account."""

from __future__ import annotations

import unicodedata

from app import clock
from app.database import db
from app.identity.login import NotSignedIn
from app.identity.passwords import KnownPhone, is_password_of, member_of_phone
from app.identity.throttle import check_attempts, forget_failures, note_failure
from app.transaction import transact
from points.errors import Invalid
from points.people.roster_fields import phone_of

LONGEST_PHONE = 20


def plain_phone(text: str) -> str:
    """A typed phone as the register keeps it: full-width digits, spaces, dashes and +86 are no other phone.

    What is no phone comes back as it is: it belongs to nobody, and is counted like any other.
    """
    narrow = unicodedata.normalize("NFKC", text).strip()
    try:
        return phone_of(narrow) or ""
    except Invalid:
        return narrow[:LONGEST_PHONE]


def prove_identity(phone: str, password: str, address: str) -> KnownPhone:
    """The owner of a phone, when the password is right.

    Raises TooManyAttempts, and NotSignedIn ``invalid_credentials``: the same sentence, after the same time, for a phone
    that nobody has and for a wrong password.
    """
    session = db.session()
    number = plain_phone(phone)
    check_attempts(session, number, address, now=clock.now())
    known = member_of_phone(session, number)
    session.rollback()  # argon2 is slow on purpose: no transaction waits for it
    if not is_password_of(known, password) or known is None:
        transact(note_failure, (number, address))
        raise NotSignedIn("invalid_credentials")
    transact(forget_failures, number)
    return known
