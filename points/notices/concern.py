"""Who may answer a doubt: nobody who decided the matter before, and nobody who has to do with it.

Why it is so: docs/decisions/0018-who-answers.md.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

import sqlalchemy as sa
from sqlalchemy.orm import Session

from points.errors import NotAllowed
from points.groups.queries import supervisors_on
from points.notices.models import Objection
from points.notices.policy import goes_up, is_overdue, persons_needed
from points.people.helping import helpers_who_filed
from points.people.queries import MemberBrief, holders_of, members_by_id
from points.records.models import Record
from points.review.models import AgendaItem, Seat
from points.review.policy import recusal_reason
from points.review.recusals import related_to

record, objection, item, seat = Record.__table__, Objection.__table__, AgendaItem.__table__, Seat.__table__


class Doubt(Protocol):
    """What is to be known of an objection or appeal to find who may answer it."""

    kind: str
    record_id: uuid.UUID
    objector_id: uuid.UUID
    filed_at: datetime
    answered_at: datetime | None
    version: int


@dataclass(frozen=True)
class Concerns:
    """Of some records: whose they are, who sat in judgement, who answered which kind of doubt about them, and who helped
    somebody to doubt."""

    records: Mapping[uuid.UUID, sa.Row]
    judges: Mapping[uuid.UUID, Collection[uuid.UUID]]
    answerers: Mapping[tuple[uuid.UUID, str], Collection[uuid.UUID]]
    related: Mapping[tuple[uuid.UUID, uuid.UUID], str]
    helpers: Mapping[uuid.UUID, Collection[uuid.UUID]]

    @classmethod
    def of(
        cls,
        session: Session,
        community_id: int,
        record_ids: Collection[uuid.UUID],
        bench: Collection[uuid.UUID],
    ) -> Concerns:
        """Nine statements for however many records; ``bench``: everybody who might answer."""
        deeds = session.execute(
            sa.select(record.c.id, record.c.household_id, record.c.member_id, record.c.reporter_id).where(
                record.c.community_id == community_id, record.c.id.in_(record_ids)
            )
        ).all()
        judges = defaultdict(set)
        for row in session.execute(
            sa.select(item.c.record_id, seat.c.member_id)
            .join(seat, sa.and_(seat.c.community_id == item.c.community_id, seat.c.session_id == item.c.session_id))
            .where(item.c.community_id == community_id, item.c.record_id.in_(record_ids))
        ):  # fmt: skip
            judges[row.record_id].add(row.member_id)
        for row in session.execute(
            sa.select(item.c.record_id, item.c.second_level_by).where(
                item.c.community_id == community_id, item.c.record_id.in_(record_ids),
                item.c.second_level_by.is_not(None),
            )
        ):  # fmt: skip
            judges[row.record_id].add(row.second_level_by)
        answerers, helpers = _hands_in_doubts(session, community_id, record_ids)
        by_record = {deed.id: deed for deed in deeds}
        related = related_to(session, community_id, bench, by_record)
        return cls(by_record, judges, answerers, related, helpers)

    def reason(self, doubt: Doubt, member: MemberBrief) -> str | None:
        """Why this member stands aside: ``related_to_item``, ``judge_of_item``, or not at all.

        An appeal is heard by nobody who answered an objection to the same award, and the other way round.
        """
        deed = self.records[doubt.record_id]
        has_doubted = member.id == doubt.objector_id or member.id in self.helpers.get(doubt.record_id, ())
        if has_doubted or recusal_reason(
            judge=member.id, judge_household=member.household_id, member=deed.member_id,
            household=deed.household_id, reporter=deed.reporter_id,
            declared=self.related.get((member.id, doubt.record_id)),
        ):  # fmt: skip
            return "related_to_item"
        if member.id in self.judges.get(doubt.record_id, ()):
            return "judge_of_item"
        other = "objection" if doubt.kind == "appeal" else "appeal"
        return "judge_of_item" if member.id in self.answerers.get((doubt.record_id, other), ()) else None


def _hands_in_doubts(
    session: Session, community_id: int, record_ids: Collection[uuid.UUID]
) -> tuple[dict[tuple[uuid.UUID, str], set[uuid.UUID]], dict[uuid.UUID, set[uuid.UUID]]]:
    """Who answered which kind of doubt about a record, and who helped somebody to one."""
    rows = session.execute(
        sa.select(
            objection.c.id, objection.c.record_id, objection.c.kind, objection.c.state, objection.c.answered_by,
            objection.c.confirmed_by,
        ).where(objection.c.community_id == community_id, objection.c.record_id.in_(record_ids))
    ).all()  # fmt: skip
    helped = helpers_who_filed(session, community_id, [row.id for row in rows])
    answerers, helpers = defaultdict(set), defaultdict(set)
    for row in rows:
        if row.state != "open":
            answerers[row.record_id, row.kind] |= {row.answered_by, row.confirmed_by}
        if row.id in helped:
            helpers[row.record_id].add(helped[row.id])
    return answerers, helpers


@dataclass(frozen=True)
class Answerers:
    """Who may answer a doubt now (``members``), how many persons an answer ``needs``, and whether it has gone up."""

    members: frozenset[uuid.UUID]
    needs: int
    has_gone_up: bool


class Bench:
    """The supervision group and those above the village, read once for many doubts."""

    def __init__(
        self, session: Session, community_id: int, record_ids: Collection[uuid.UUID], *, now: datetime
    ) -> None:
        sitting = [judge.member_id for judge in supervisors_on(session, community_id, now)]
        self.group = members_by_id(session, community_id, sitting)
        self.above = holders_of(session, community_id, "operator")
        self.concerns = Concerns.of(session, community_id, record_ids, {*self.group, *self.above})

    def answerers(self, doubt: Doubt, *, now: datetime) -> Answerers:
        """The members of the group who do not stand aside; those above as well once it has gone up, by time or
        because too few remain. An answer that waits already needs its second person."""
        group = self._free(doubt, self.group)
        needs = persons_needed(len(group), is_short=doubt.version > 0)
        up = goes_up(len(group), needs, overdue=is_overdue(doubt.filed_at, doubt.answered_at, now))
        return Answerers(frozenset(group | self._free(doubt, self.above) if up else group), needs, up)

    def _free(self, doubt: Doubt, members: Mapping[uuid.UUID, MemberBrief]) -> set[uuid.UUID]:
        return {key for key, member in members.items() if self.concerns.reason(doubt, member) is None}

    def sees(self, doubt: Doubt, member_id: uuid.UUID, *, now: datetime) -> bool:
        """Whether somebody who answers may read this one: who stands aside does not even see it."""
        return member_id in self.answerers(doubt, now=now).members

    def check(self, doubt: Doubt, member_id: uuid.UUID, *, now: datetime) -> Answerers:
        """The answerers, when the member is one of them.

        Raises NotAllowed ``related_to_item``, ``judge_of_item``, ``answered_by_group_first`` (for those above, before
        it has gone up).
        """
        found = self.answerers(doubt, now=now)
        if member_id in found.members:
            return found
        member = self.group.get(member_id) or self.above.get(member_id)
        aside = "related_to_item" if member is None else self.concerns.reason(doubt, member)
        raise NotAllowed(aside or "answered_by_group_first")
