"""From an approval to the board: a pending transfer that posts by itself, and the notice that says why."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Protocol

import sqlalchemy as sa
from sqlalchemy.orm import Session

from points.base import new_id
from points.conduct.posting import PostDeduction, post_deduction
from points.days import local_day
from points.ledger.models import Account, Transfer
from points.ledger.operations import account_id_of, create_pending_batch, make_transfer, open_account
from points.ledger.policy import expiry_day
from points.ledger.results import NewTransfer
from points.notices.models import Notice
from points.people.models import Household, Member
from points.people.names import mask_name
from points.people.operations import HONOUR_SOURCE
from points.people.queries import CommunityView, community_by_id
from points.records.events import write_events
from points.records.models import Record
from points.rules.queries import RuleView

record, notice, member, household, account, transfer = (
    Record.__table__, Notice.__table__, Member.__table__, Household.__table__, Account.__table__, Transfer.__table__,
)  # fmt: skip


class Decided(Protocol):
    """What publishing needs of an agenda item."""

    id: uuid.UUID
    points: int
    votes_for: int
    votes_against: int
    votes_abstained: int
    block: str


@dataclass(frozen=True)
class Award:
    """An approved record with its rule and its decided item."""

    record: sa.Row
    rule: RuleView
    item: Decided


def publish_awards(
    session: Session, community_id: int, awards: Sequence[Award], *, actor_id: uuid.UUID | None, now: datetime
) -> int:
    """Puts approvals on public notice; the award is pending until the notice ends. Deductions go to ``points.conduct``.

    When the budget is empty the award waits as ``decided``, in order, for the next grant (design: budgets).
    Returns how many were published.
    """
    for award in awards:
        if award.rule.score == "conduct":  # nothing of it hangs on the board, and it waits for no budget
            command = PostDeduction(community_id, actor_id, award.record.id, award.item.id, award.item.points)
            post_deduction(session, command, now=now)
    awards = [award for award in awards if award.rule.score != "conduct"]
    if not awards:
        return 0
    community = community_by_id(session, community_id)
    wallets = _wallets(session, community, awards, now)
    sources = {
        False: account_id_of(session, community_id, "budget"),
        True: account_id_of(session, community_id, "issue", HONOUR_SOURCE),
    }
    ends_at = now + timedelta(days=community.notice_days)
    transfers = {award.record.id: _transfer(community, award, wallets, sources, ends_at, actor_id)
                 for award in awards}  # fmt: skip
    results = create_pending_batch(session, list(transfers.values()), now=now)
    published = [award for award, result in zip(awards, results, strict=True) if result.ok]
    if published:
        names = _masked_names(session, community_id, published)
        session.execute(
            sa.insert(notice),
            [
                _notice(community_id, award, transfers[award.record.id].id, names, ends_at, now)
                for award in published
            ],
        )
        session.execute(
            sa.update(record)
            .where(
                record.c.community_id == community_id,
                record.c.id.in_([award.record.id for award in published]),
            )
            .values(state="on_notice")
        )
        record_ids = [award.record.id for award in published]
        write_events(session, community_id, record_ids, "published", actor_id, now=now)
    return len(published)


def _wallets(
    session: Session, community: CommunityView, awards: Sequence[Award], now: datetime
) -> dict[tuple[str, uuid.UUID], uuid.UUID]:
    """Account of each award's owner by (kind, owner); honour accounts open with the first honour."""
    owners = {_owner(community, award) for award in awards}
    found = {
        (row.kind, row.owner_id): row.id
        for row in session.execute(
            sa.select(account.c.id, account.c.kind, account.c.owner_id).where(
                account.c.community_id == community.id,
                account.c.kind.in_({kind for kind, _ in owners}),
                account.c.owner_id.in_({owner for _, owner in owners}),
            )
        )
    }
    for kind, owner in owners:
        if (kind, owner) not in found:
            found[kind, owner] = open_account(session, community.id, kind, owner, now=now)
    return found


def _owner(community: CommunityView, award: Award) -> tuple[str, uuid.UUID]:
    row = award.record
    if award.rule.score == "honour":
        return "honour", row.member_id or row.household_id
    if community.wallet_kind == "member" and row.member_id:
        return "member", row.member_id
    return "household", row.household_id


def _transfer(
    community: CommunityView, award: Award, wallets: dict[tuple[str, uuid.UUID], uuid.UUID],
    sources: dict[bool, uuid.UUID | None], ends_at: datetime, actor_id: uuid.UUID | None,
) -> NewTransfer:  # fmt: skip
    kind, owner = _owner(community, award)
    honour = kind == "honour"
    last_day = None if honour else _last_day(community, ends_at)
    return NewTransfer(
        community.id, new_id(), "award", kind="pending", debit_account_id=sources[honour],
        credit_account_id=wallets[kind, owner], amount=award.item.points, posts_at=ends_at, points_expire_on=last_day,
        ref_kind="record", ref_id=award.record.id, done_on=award.record.done_on, actor_id=actor_id,
    )  # fmt: skip


def _last_day(community: CommunityView, ends_at: datetime) -> date:
    return expiry_day(local_day(ends_at, community.zone), community.expiry_years)


def award_in_place_of(
    session: Session, community: CommunityView, former_id: uuid.UUID, points: int, ends_at: datetime, *,
    actor_id: uuid.UUID, now: datetime,
) -> uuid.UUID:  # fmt: skip
    """A new pending award for the same deed between the same accounts; it names the former one, which is no more.

    Raises Conflict ``exceeds_credits`` when the budget cannot pay it, ``credit_account_closed``.
    """
    former = session.execute(
        sa.select(transfer).where(transfer.c.community_id == community.id, transfer.c.id == former_id)
    ).one()
    new = NewTransfer(
        community.id, new_id(), "award", kind="pending", debit_account_id=former.debit_account_id,
        credit_account_id=former.credit_account_id, amount=points, posts_at=ends_at,
        points_expire_on=_last_day(community, ends_at) if former.points_expire_on else None, reverses_id=former.id,
        ref_kind=former.ref_kind, ref_id=former.ref_id, done_on=former.done_on, actor_id=actor_id,
    )  # fmt: skip
    make_transfer(session, new, now=now)
    return new.id


def _masked_names(session: Session, community_id: int, awards: Sequence[Award]) -> dict[uuid.UUID, str]:
    """Who is thanked, as strangers may read it: the member, or the household by its number."""
    people = session.execute(
        sa.select(member.c.id, member.c.name).where(
            member.c.community_id == community_id,
            member.c.id.in_([award.record.member_id for award in awards if award.record.member_id]),
        )
    )
    names = {row.id: mask_name(row.name) for row in people}
    numbers = session.execute(
        sa.select(household.c.id, household.c.number).where(
            household.c.community_id == community_id,
            household.c.id.in_([award.record.household_id for award in awards if not award.record.member_id]),
        )
    )
    return names | {row.id: f"{row.number}户" for row in numbers}


def _notice(
    community_id: int, award: Award, transfer_id: uuid.UUID, names: dict[uuid.UUID, str], ends_at: datetime,
    now: datetime,
) -> dict[str, object]:  # fmt: skip
    row, rule, item = award.record, award.rule, award.item
    return {
        "community_id": community_id,
        "id": new_id(),
        "record_id": row.id,
        "item_id": item.id,
        "transfer_id": transfer_id,
        "household_id": row.household_id,
        "masked_name": names[row.member_id or row.household_id],
        "score": rule.score,
        "points": item.points,
        "rule_code": rule.code,
        "rule_version": rule.version,
        "rule_zh": rule.name_zh,
        "rule_en": rule.name_en,
        "done_on": row.done_on,
        "votes_for": item.votes_for,
        "votes_against": item.votes_against,
        "votes_abstained": item.votes_abstained,
        "by_consent": item.block == "consent",
        "state": "on_notice",
        "published_at": now,
        "ends_at": ends_at,
    }
