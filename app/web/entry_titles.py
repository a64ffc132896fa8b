"""What waiting lines are about: the names of deeds and goods for the references that the ledger holds."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from points.people.models import Member
from points.records.models import Record
from points.rules.models import RuleItem
from shop.catalogue.models import Item
from shop.lending.models import Loan
from shop.orders.models import OrderLine

record, rule, member, line, item, loan = (
    Record.__table__, RuleItem.__table__, Member.__table__, OrderLine.__table__, Item.__table__, Loan.__table__,
)  # fmt: skip


@dataclass(frozen=True)
class Title:
    """A deed's rule, an order's first item or a lent thing. ``who`` did the deed; ``more`` further items of the order."""

    zh: str
    en: str
    who: str | None = None
    more: int = 0


def _same(other: sa.Table, one: sa.Table, key: sa.Column) -> sa.ColumnElement[bool]:
    return sa.and_(other.c.community_id == one.c.community_id, other.c.id == key)


_community = sa.bindparam("community")
_titles = sa.union_all(
    sa.select(
        record.c.id,
        rule.c.name_zh,
        rule.c.name_en,
        member.c.name.label("who"),
        sa.literal_column("''").label("code"),
    )
    .join(rule, _same(rule, record, record.c.rule_item_id))
    .outerjoin(member, _same(member, record, record.c.member_id))
    .where(record.c.community_id == _community, record.c.id.in_(sa.bindparam("refs", expanding=True))),
    sa.select(line.c.order_id, item.c.name_zh, item.c.name_en, sa.null(), item.c.code)
    .join(item, _same(item, line, line.c.item_id))
    .where(line.c.community_id == _community, line.c.order_id.in_(sa.bindparam("refs", expanding=True))),
    sa.select(loan.c.id, item.c.name_zh, item.c.name_en, sa.null(), item.c.code)
    .join(item, _same(item, loan, loan.c.item_id))
    .where(loan.c.community_id == _community, loan.c.id.in_(sa.bindparam("refs", expanding=True))),
)


def titles_of(
    session: Session, community_id: int, ref_ids: Iterable[uuid.UUID | None]
) -> dict[uuid.UUID, Title]:
    """Titles by the id of a record, an order or a loan, in one statement; unknown ids are left out."""
    rows = session.execute(
        _titles, {"community": community_id, "refs": list({ref for ref in ref_ids if ref is not None})}
    )
    titles: dict[uuid.UUID, Title] = {}
    for key, zh, en, who, _code in sorted(rows, key=lambda row: row.code):
        if key in titles:
            titles[key] = Title(titles[key].zh, titles[key].en, None, titles[key].more + 1)
        else:
            titles[key] = Title(zh, en, who)
    return titles
