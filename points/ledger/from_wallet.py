"""Whose wallet pays, and points out of it with a refusal that says how many are missing."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy.orm import Session

from points.days import local_day
from points.errors import Conflict, NotFound
from points.ledger.accounts import account_id_of
from points.ledger.operations import make_transfer
from points.ledger.queries import wallet
from points.ledger.results import NewTransfer
from points.people.queries import MemberBrief, community_by_id, members_by_id


def payer(session: Session, community_id: int, member_id: uuid.UUID) -> tuple[MemberBrief, uuid.UUID]:
    """A member and the wallet that pays for them: the household's or the own, as the community chose.

    Raises NotFound ``member_not_found`` (also for who has left), ``account_not_found``.
    """
    found = members_by_id(session, community_id, [member_id])
    if not found:
        raise NotFound("member_not_found")
    person = found[member_id]
    kind = community_by_id(session, community_id).wallet_kind
    owner = person.household_id if kind == "household" else person.id
    account_id = account_id_of(session, community_id, kind, owner)
    if account_id is None:
        raise NotFound("account_not_found")
    return person, account_id


def pay_from_wallet(session: Session, new: NewTransfer, *, now: datetime) -> None:
    """Writes a transfer or a hold that debits a wallet.

    Raises Conflict ``insufficient_points`` with ``available``, ``points`` and ``missing``, and what ``make_transfer`` raises.
    """
    try:
        make_transfer(session, new, now=now)
    except Conflict as error:
        if error.code != "exceeds_credits":
            raise
        zone = community_by_id(session, new.community_id).zone
        today = local_day(now, zone)
        there = wallet(session, new.community_id, new.debit_account_id, now=now, today=today).view.available
        raise Conflict(
            "insufficient_points", available=there, points=new.amount, missing=new.amount - there
        ) from error
