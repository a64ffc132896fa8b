"""Who stands close to whom, for one purpose: nobody judges a deed of those they are close to.

Members declare their own relations, the steward enters or imports others. The two people themselves, the steward and the
supervision group see them; the public list says only that one was added or ended.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from points.base import new_id
from points.errors import Invalid, NotAllowed, NotFound
from points.people.models import RELATION_KINDS, AdminAct, Member, Relation
from points.people.named import Found, NamedPerson, Register
from points.people.operations import write_act
from points.sheets import clean_text, is_nothing

relation, member = Relation.__table__, Member.__table__

# The reason a judge gives for standing aside; the first of them when there are several.
REASON_OF_KIND = {
    "relative": "relative",
    "same_employer": "employer",
    "employs": "employer",
    "helper": "helper",
}
REASONS = ("relative", "employer", "helper")
ENDS = ("over", "mistake")
# What rosters write where there is no employer: nobody stands aside because both of them farm.
_NO_EMPLOYER = frozenset(
    "务农 农民 村民 在家 在家务农 家务 个体 个体户 自由职业 自主创业 打工 务工 外出务工 外出打工 在外务工 "
    "退休 离休 离退休 学生 上学 在校 无业 待业 失业 无工作 无单位 无固定职业 其他 "
    "farmer farming retired student none self-employed unemployed freelance other".split()
)

Pair = tuple[uuid.UUID, uuid.UUID]


@dataclass(frozen=True)
class DeclareRelation:
    """A member's own relation to somebody (``a`` None: the actor), or one that the steward enters between two."""

    community_id: int
    actor_id: uuid.UUID
    other: NamedPerson
    kind: str
    a: NamedPerson | None = None


@dataclass(frozen=True)
class EndRelation:
    """``why``: over (it no longer is so) or mistake. ``by_steward``: the actor keeps the list."""

    community_id: int
    actor_id: uuid.UUID
    relation_id: uuid.UUID
    why: str
    by_steward: bool = False


def pair_of(one: uuid.UUID, other: uuid.UUID) -> Pair:
    """The pair as it is stored, the smaller id first."""
    return (one, other) if one.bytes < other.bytes else (other, one)


def declare_relation(session: Session, command: DeclareRelation, *, now: datetime) -> uuid.UUID:
    """Writes a relation down; one that is known already stays as it is. Returns it.

    Raises Invalid ``relation_unknown``, ``person_not_here``, ``person_ambiguous`` (``name``), ``relation_to_self``,
    ``relation_in_household``; NotFound ``member_not_found``.
    """
    if command.kind not in RELATION_KINDS:
        raise Invalid("relation_unknown")
    named = [person for person in (command.a, command.other) if person is not None]
    register = Register(session, command.community_id, {person.name for person in named})
    one = register.find(command.a) if command.a else _own(session, command)
    other = register.find(command.other)
    check_pair(one, other)
    pair = pair_of(one.id, other.id)
    known = rows_of_pairs(session, command.community_id, [pair]).get((*pair, command.kind))
    if known is not None and known.ended_at is None:
        return known.id
    relation_id = new_id()
    source = "steward" if command.a else "self"
    session.add(
        Relation(
            community_id=command.community_id, id=relation_id, member_a=pair[0], member_b=pair[1], kind=command.kind,
            times=known.times + 1 if known else 1, source=source, declared_by=command.actor_id, declared_at=now,
        )
    )  # fmt: skip
    _write_line(session, command, "relation_declared", now, named_actor=command.a is not None)
    return relation_id


def check_pair(one: Found, other: Found) -> None:
    """Raises Invalid ``relation_to_self``, and ``relation_in_household``: a household stands aside without a word."""
    if one.id == other.id:
        raise Invalid("relation_to_self")
    if one.household_id == other.household_id:
        raise Invalid("relation_in_household")


def _own(session: Session, command: DeclareRelation) -> Found:
    row = session.execute(
        sa.select(member.c.id, member.c.household_id).where(
            member.c.community_id == command.community_id, member.c.id == command.actor_id, member.c.left_at.is_(None)
        )
    ).one_or_none()  # fmt: skip
    if row is None:
        raise NotFound("member_not_found")
    return Found(row.id, row.household_id)


def rows_of_pairs(
    session: Session, community_id: int, pairs: Collection[Pair]
) -> dict[tuple[uuid.UUID, uuid.UUID, str], sa.Row]:
    """The latest row of each pair and kind, ended or not."""
    rows = session.execute(
        sa.select(relation)
        .where(
            relation.c.community_id == community_id,
            relation.c.member_a.in_({one for one, _other in pairs}),
            relation.c.member_b.in_({other for _one, other in pairs}),
        )
        .order_by(relation.c.times)
    )
    return {(row.member_a, row.member_b, row.kind): row for row in rows}


def end_relation(session: Session, command: EndRelation, *, now: datetime) -> None:
    """Ends a relation; a second time nothing happens.

    A member ends what they declared themselves; what others declared about them, only the steward.
    Raises Invalid ``why_unknown``; NotFound ``relation_not_found``, also for other people's; NotAllowed
    ``relation_not_yours_to_end``.
    """
    if command.why not in ENDS:
        raise Invalid("why_unknown")
    found = session.scalar(
        sa.select(Relation)
        .where(Relation.community_id == command.community_id, Relation.id == command.relation_id)
        .with_for_update()
    )
    if found is None or not (command.by_steward or command.actor_id in (found.member_a, found.member_b)):
        raise NotFound("relation_not_found")
    if not command.by_steward and (found.source, found.declared_by) != ("self", command.actor_id):
        raise NotAllowed("relation_not_yours_to_end")
    if found.ended_at is not None:
        return
    found.ended_at, found.ended_by, found.ended_why = now, command.actor_id, command.why
    _write_line(session, command, "relation_ended", now, named_actor=command.by_steward)


def end_relations_of(session: Session, community_id: int, member_id: uuid.UUID, *, now: datetime) -> None:
    """Somebody left the register: nothing about them is needed any more."""
    session.execute(
        sa.update(relation)
        .where(
            relation.c.community_id == community_id, relation.c.ended_at.is_(None),
            sa.or_(relation.c.member_a == member_id, relation.c.member_b == member_id),
        )
        .values(ended_at=now, ended_why="left")
    )  # fmt: skip


def _write_line(
    session: Session, command: DeclareRelation | EndRelation, act: str, now: datetime, *, named_actor: bool
) -> None:
    """That it happened, and when; of members who speak about themselves not even a masked name."""
    if named_actor:
        write_act(session, command, act, "", "", now=now)
    else:
        session.add(AdminAct(community_id=command.community_id, act=act, detail="", reason="", done_at=now))


def relatives_among(session: Session, community_id: int, people: Iterable[uuid.UUID]) -> list[Pair]:
    """Pairs of near relatives among some people."""
    ids = set(people)
    rows = session.execute(
        sa.select(relation.c.member_a, relation.c.member_b).where(
            relation.c.community_id == community_id, relation.c.kind == "relative", relation.c.ended_at.is_(None),
            relation.c.member_a.in_(ids), relation.c.member_b.in_(ids),
        )
    )  # fmt: skip
    return [(row.member_a, row.member_b) for row in rows]


def relations_between(
    session: Session, community_id: int, judges: Collection[uuid.UUID], subjects: Collection[uuid.UUID]
) -> dict[Pair, str]:
    """Why a judge stands aside for a subject: (judge, subject) -> ``relative``, ``employer`` or ``helper``.

    Declared relations that have not ended, and the same employer in the register. Two statements however many people;
    what every judge's own deed and household are, the caller knows.
    """
    judges, subjects = set(judges), set(subjects)
    found: dict[Pair, set[str]] = {}
    for one, other, kind in _declared(session, community_id, judges, subjects):
        for judge, subject in ((one, other), (other, one)):
            if judge in judges and subject in subjects:
                found.setdefault((judge, subject), set()).add(REASON_OF_KIND[kind])
    employers = _employers(session, community_id, judges | subjects)
    colleagues: dict[str, list[uuid.UUID]] = {}
    for subject in subjects & employers.keys():
        colleagues.setdefault(employers[subject], []).append(subject)
    for judge in judges & employers.keys():
        for subject in colleagues.get(employers[judge], ()):
            if subject != judge:
                found.setdefault((judge, subject), set()).add("employer")
    return {pair: min(reasons, key=REASONS.index) for pair, reasons in found.items()}


def _declared(
    session: Session, community_id: int, judges: set[uuid.UUID], subjects: set[uuid.UUID]
) -> Iterable[sa.Row]:
    a, b = relation.c.member_a, relation.c.member_b
    return session.execute(
        sa.select(a, b, relation.c.kind).where(
            relation.c.community_id == community_id, relation.c.ended_at.is_(None),
            sa.or_(sa.and_(a.in_(judges), b.in_(subjects)), sa.and_(b.in_(judges), a.in_(subjects))),
        )
    )  # fmt: skip


def _employers(session: Session, community_id: int, people: set[uuid.UUID]) -> dict[uuid.UUID, str]:
    rows = session.execute(
        sa.select(member.c.id, member.c.employer).where(
            member.c.community_id == community_id, member.c.id.in_(people), member.c.employer.is_not(None)
        )
    )
    return {row.id: key for row in rows if (key := employer_key(row.employer))}


def employer_key(text: str | None) -> str:
    """The form in which employers are compared: no width, case, spaces or marks; empty where none is named."""
    cleaned = clean_text(text or "").casefold()
    if is_nothing(cleaned) or cleaned in _NO_EMPLOYER:
        return ""
    return "".join(sign for sign in cleaned if sign.isalnum())
