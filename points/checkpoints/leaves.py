"""What is sealed: one ``Kind`` for each sort of entry, and the facts of its line. A new sort is one more entry in ``KINDS``.

Only what never changes again is sealed: a decision that waits for its second level, or an objection without an answer,
is not there yet. Lines are public, so facts name no person (``lines.person``) and no free text (``lines.words``).
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from points.base import Id
from points.checkpoints.lines import Facts, person, words
from points.checkpoints.models import SealedLeaf
from points.ledger.models import COMMUNITY_OWNER, Account, Transfer
from points.notices.models import Objection
from points.people.models import AdminAct
from points.prepared import Prepared
from points.records.models import Record
from points.review.models import AgendaItem, ReviewSession
from points.rules.models import RuleItem, RuleVersion

transfer, account, act, objection = (
    Transfer.__table__, Account.__table__, AdminAct.__table__, Objection.__table__,
)  # fmt: skip
item, meeting, record, rule, version = (
    AgendaItem.__table__, ReviewSession.__table__, Record.__table__, RuleItem.__table__, RuleVersion.__table__,
)  # fmt: skip
leaf = SealedLeaf.__table__
# Their owner is the community, a shop or a firm: no person.
PUBLIC_ACCOUNTS = frozenset({"issue", "budget", "expired", "care_pool", "shop", "partner"})


@dataclass(frozen=True)
class Kind:
    """A sort of entries: the table, which of its rows are final, and what makes facts of a row of ``read``."""

    table: sa.Table
    is_final: sa.ColumnElement[bool]
    read: sa.Select
    facts: Callable[[sa.Row], Facts]


def _join(table: sa.FromClause, column: sa.ColumnElement) -> tuple[sa.FromClause, sa.ColumnElement[bool]]:
    """Another table of the same community, by its id."""
    return table, sa.and_(table.c.community_id == column.table.c.community_id, table.c.id == column)


_from, _to = account.alias("debited"), account.alias("credited")
_transfers = (
    sa.select(
        transfer, _from.c.kind.label("from_kind"), _from.c.owner_id.label("from_owner"), _from.c.unit,
        _to.c.kind.label("to_kind"), _to.c.owner_id.label("to_owner"),
    )
    .join(*_join(_from, transfer.c.debit_account_id))
    .join(*_join(_to, transfer.c.credit_account_id))
)  # fmt: skip


def _transfer(row: sa.Row) -> Facts:
    """``from_no``, ``to_no``: of the line in each account's statement; without a gap, nothing was left out."""
    shown = {
        "move": row.kind, "code": row.code, "amount": row.amount, "unit": row.unit, "from": row.from_kind,
        "from_no": row.debit_seq, "to": row.to_kind, "to_no": row.credit_seq, "pending": row.pending_id,
        "reverses": row.reverses_id, "about": f"{row.ref_kind}:{row.ref_id}" if row.ref_id else None,
        "done_on": row.done_on, "expires_at": row.expires_at, "posts_at": row.posts_at,
        "points_expire_on": row.points_expire_on, "recorded_at": row.recorded_at, "effective_at": row.effective_at,
    }  # fmt: skip
    hidden = {
        "by": person(row.actor_id), "second": person(row.second_actor_id), "reason": words(row.id, row.reason),
    }  # fmt: skip
    for side, kind, owner in (("from", row.from_kind, row.from_owner), ("to", row.to_kind, row.to_owner)):
        if kind not in PUBLIC_ACCOUNTS:
            hidden[f"{side}_who"] = person(owner)
        elif owner != COMMUNITY_OWNER:
            shown[f"{side}_of"] = owner
    return Facts(shown, hidden)


_decisions = (
    sa.select(
        item, meeting.c.scheduled_for, record.c.household_id, record.c.member_id, record.c.done_on, record.c.quantity,
        rule.c.code.label("rule_code"), version.c.number.label("rule_version"),
    )
    .join(*_join(meeting, item.c.session_id))
    .join(*_join(record, item.c.record_id))
    .join(*_join(rule, record.c.rule_item_id))
    .join(*_join(version, rule.c.version_id))
)  # fmt: skip


def _decision(row: sa.Row) -> Facts:
    shown = {
        "outcome": row.outcome, "points": row.points, "for": row.votes_for, "against": row.votes_against,
        "abstained": row.votes_abstained, "present": row.present, "quorum": row.quorum, "recused": row.recused,
        "block": row.block, "rule": row.rule_code, "rule_version": row.rule_version, "done_on": row.done_on,
        "quantity": row.quantity, "session": row.session_id, "held_at": row.scheduled_for, "decided_at": row.decided_at,
        "about": f"record:{row.record_id}", "second_level_at": row.second_level_at,
    }  # fmt: skip
    hidden = {
        "who": person(row.member_id or row.household_id), "second_level_by": person(row.second_level_by),
        "second_level_reason": words(row.id, row.second_level_reason),
    }  # fmt: skip
    return Facts(shown, hidden)


def _answer(row: sa.Row) -> Facts:
    """Who objected or appealed is not even in it as a commitment."""
    shown = {
        "kind": row.kind, "state": row.state, "notice": row.notice_id, "about": f"record:{row.record_id}",
        "filed_at": row.filed_at, "answered_at": row.answered_at, "points_before": row.points_before,
        "points_after": row.points_after,
    }  # fmt: skip
    hidden = {
        "answer": words(row.id, row.answer, public=True), "reason": words(row.id, row.reason),
        "by": person(row.answered_by), "second": person(row.confirmed_by),
    }  # fmt: skip
    return Facts(shown, hidden)


def _act(row: sa.Row) -> Facts:
    hidden = {
        "detail": words(row.id, row.detail, public=True), "reason": words(row.id, row.reason, public=True),
        "by": person(row.actor_id), "subject": person(row.subject_id),
    }  # fmt: skip
    return Facts({"act": row.act, "done_at": row.done_at}, hidden)


KINDS: dict[str, Kind] = {
    "transfer": Kind(transfer, sa.true(), _transfers, _transfer),
    "decision": Kind(
        item,
        sa.and_(item.c.outcome.is_not(None), item.c.outcome != "needs_second_level"),
        _decisions,
        _decision,
    ),
    "answer": Kind(objection, objection.c.state != "open", sa.select(objection), _answer),
    "act": Kind(act, sa.true(), sa.select(act), _act),
}


_community, _after, _limit = sa.bindparam("community"), sa.bindparam("after", type_=Id), sa.bindparam("limit")
_begin, _end = sa.bindparam("begin"), sa.bindparam("end")


def _unsealed(kind: Kind) -> Prepared:
    """Every row is looked at, whatever its age: one written late, or with an id that is no clock, is not forgotten."""
    table = kind.table
    # The bound stands on both sides: two ordered lists are then read side by side from there, not from their beginning.
    sealed = sa.exists().where(leaf.c.community_id == _community, leaf.c.id > _after, leaf.c.id == table.c.id)
    found = (
        sa.select(table.c.community_id, table.c.id)
        .where(table.c.community_id == _community, table.c.id > _after, kind.is_final, ~sealed)
        .order_by(table.c.id)
        .limit(_limit)
        .subquery("found")
    )
    # The keys first: what is sealed already is not joined with anything.
    this = sa.and_(found.c.community_id == table.c.community_id, found.c.id == table.c.id)
    query = kind.read.join(found, this).where(table.c.community_id == _community)
    return Prepared(query.order_by(table.c.id))


def _sealed(kind: Kind) -> Prepared:
    table = kind.table
    query = kind.read.join(
        leaf, sa.and_(leaf.c.community_id == table.c.community_id, leaf.c.id == table.c.id)
    )
    return Prepared(
        query.where(
            table.c.community_id == _community,
            leaf.c.position >= _begin,
            leaf.c.position < _end,
            kind.is_final,
        )
    )


# A list of a thousand ids costs more than all that is done with their rows: so entries are read by ranges.
_UNSEALED = {name: _unsealed(kind) for name, kind in KINDS.items()}
_SEALED = {name: _sealed(kind) for name, kind in KINDS.items()}


def unsealed_facts(
    session: Session, community_id: int, kind: str, *, after: uuid.UUID, limit: int
) -> dict[uuid.UUID, Facts]:
    """Facts of final entries of a kind that are not in the tree yet, in the order of their ids, above one of them."""
    values = {"community": community_id, "after": after, "limit": limit}
    rows = _UNSEALED[kind].rows(session.connection(), values)
    return {row.id: KINDS[kind].facts(row) for row in rows}


def sealed_facts(
    session: Session, community_id: int, kinds: Collection[str], begin: int, end: int
) -> dict[uuid.UUID, Facts]:
    """Facts of entries at positions from ``begin`` to below ``end``, one statement for each kind; what is gone, or is
    not final any more, is left out. A kind nobody knows has no facts."""
    values = {"community": community_id, "begin": begin, "end": end}
    return {
        row.id: KINDS[kind].facts(row)
        for kind in sorted(KINDS.keys() & kinds)
        for row in _SEALED[kind].rows(session.connection(), values)
    }


def facts_of(
    session: Session, community_id: int, entries: Iterable[tuple[str, uuid.UUID]]
) -> dict[uuid.UUID, Facts]:
    """The same for single entries, by kind and id."""
    by_kind: dict[str, list[uuid.UUID]] = {}
    for kind, entry_id in entries:
        by_kind.setdefault(kind, []).append(entry_id)
    found: dict[uuid.UUID, Facts] = {}
    for kind in by_kind.keys() & KINDS.keys():
        sort = KINDS[kind]
        table = sort.table
        rows = session.execute(
            sort.read.where(
                table.c.community_id == community_id, table.c.id.in_(by_kind[kind]), sort.is_final
            )
        )
        found |= {row.id: sort.facts(row) for row in rows}
    return found
