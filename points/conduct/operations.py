"""Before the panel: opening a case, the letter, what the person says, and letting it rest."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from points.base import new_id
from points.conduct.cases import lock_case, require_officer, require_party, words_of, write_step
from points.conduct.models import ConductCase, ConductEvent, ConductEvidence
from points.conduct.policy import BEFORE_THE_PANEL, STANDING, repeats
from points.days import local_day, period_of
from points.errors import Conflict, Invalid, NotAllowed, NotFound
from points.people.models import Member
from points.people.queries import CommunityView, MemberBrief, community_by_id, members_by_id, roles_of
from points.records.models import Evidence
from points.records.policy import is_over_cap
from points.rules.policy import may_report
from points.rules.queries import RuleView, rule_on

OPENERS = frozenset({"grid_worker", "steward"})
case_table, event_table = ConductCase.__table__, ConductEvent.__table__


@dataclass(frozen=True)
class OpenCase:
    """What one person is said to have done on a day, under which conduct rule, and what was seen."""

    community_id: int
    actor_id: uuid.UUID
    request_key: str
    rule_code: str
    member_id: uuid.UUID
    done_on: date
    facts: str
    evidence_ids: tuple[uuid.UUID, ...] = ()


@dataclass(frozen=True)
class CaseOpened:
    """``state``: ``warned`` (it ends with a written warning) or ``noticed`` (a repeat: the person may reply first)."""

    id: uuid.UUID
    state: str


def open_case(session: Session, command: OpenCase, *, now: datetime) -> CaseOpened:
    """Opens a case, once for each key. The first time within a year ends as a written warning and nothing else; only a
    repeat may go on (design: review). Who has no phone counts as informed when the letter is handed over.

    Raises NotFound ``member_not_found``, ``evidence_not_found``; Invalid ``done_on_in_future``,
    ``done_on_too_long_ago``, ``rule_not_in_force``, ``not_a_deduction``, ``deduction_without_points``,
    ``reason_needed``, ``note_too_long``, ``photo_required``; NotAllowed ``may_not_report``, ``case_of_own_household``;
    Conflict ``case_exists``, ``cap_reached``, ``request_key_reused``.
    """
    people = members_by_id(session, command.community_id, [command.actor_id, command.member_id])
    if len(people) < len({command.actor_id, command.member_id}):
        raise NotFound("member_not_found")
    member = people[command.member_id]
    has_phone = _lock_member(session, command.community_id, command.member_id)
    repeated = _answer_repeat(session, command)
    if repeated:
        return repeated
    community = community_by_id(session, command.community_id)
    rule = _rule(session, command, community, now)
    facts = words_of(command.facts)
    _check_opener(session, command, people[command.actor_id], member, rule)
    _check_photos(session, command, rule)
    others = _live_cases(session, command)
    if any(other.done_on == command.done_on for other in others):
        raise Conflict("case_exists", name=member.name)
    earlier = _earlier(others, command.done_on, community)
    if earlier is not None:
        _check_cap(others, command, rule, member)
    case = ConductCase(
        community_id=command.community_id, id=new_id(), rule_item_id=rule.id, rule_code=rule.code, member_id=member.id,
        household_id=member.household_id, opener_id=command.actor_id, done_on=command.done_on, facts=facts,
        state="warned" if earlier is None else "noticed", opened_at=now, informed_at=now if has_phone else None,
        earlier_id=earlier, request_key=command.request_key,
    )  # fmt: skip
    session.add(case)
    session.flush()  # photos and steps point at it
    for evidence_id in dict.fromkeys(command.evidence_ids):
        session.execute(
            sa.insert(ConductEvidence.__table__).values(
                community_id=case.community_id, id=new_id(), case_id=case.id, evidence_id=evidence_id
            )
        )
    write_step(session, case, "warned" if earlier is None else "opened", command.actor_id, now=now)
    return CaseOpened(case.id, case.state)


def _lock_member(session: Session, community_id: int, member_id: uuid.UUID) -> bool:
    """Two cases about one person wait for each other, or both would be the first. Whether the person has a phone."""
    phone = session.scalar(
        sa.select(Member.phone)
        .where(Member.community_id == community_id, Member.id == member_id)
        .with_for_update(key_share=True)
    )
    return bool(phone)


def _answer_repeat(session: Session, command: OpenCase) -> CaseOpened | None:
    stored = session.execute(
        sa.select(case_table).where(
            case_table.c.community_id == command.community_id, case_table.c.request_key == command.request_key
        )
    ).one_or_none()
    if stored is None:
        return None
    if (stored.rule_code, stored.member_id, stored.done_on, stored.facts, stored.opener_id) != (
        command.rule_code, command.member_id, command.done_on, command.facts.strip(), command.actor_id
    ):  # fmt: skip
        raise Conflict("request_key_reused")
    return CaseOpened(stored.id, stored.state)


def _rule(session: Session, command: OpenCase, community: CommunityView, now: datetime) -> RuleView:
    today = local_day(now, community.zone)
    if command.done_on > today:
        raise Invalid("done_on_in_future")
    if command.done_on < today - timedelta(days=community.report_days):
        raise Invalid("done_on_too_long_ago", days=community.report_days)
    rule = rule_on(session, command.community_id, command.rule_code, command.done_on)
    if rule is None:
        raise Invalid("rule_not_in_force", rule=command.rule_code, day=command.done_on)
    if rule.score != "conduct":
        raise Invalid("not_a_deduction")
    if rule.points_min == 0:
        raise Invalid("deduction_without_points")
    return rule


def _check_opener(
    session: Session, command: OpenCase, actor: MemberBrief, member: MemberBrief, rule: RuleView
) -> None:
    """The rule book says which office may speak of it; neighbours object on the board, they open nothing here."""
    roles = frozenset(roles_of(session, command.community_id, command.actor_id))
    if roles.isdisjoint(OPENERS) or not may_report(rule.reporters, roles, own=False):
        raise NotAllowed("may_not_report", rule=rule.code)
    if actor.household_id == member.household_id:
        raise NotAllowed("case_of_own_household")


def _check_photos(session: Session, command: OpenCase, rule: RuleView) -> None:
    if not command.evidence_ids:
        if rule.photo == "required":
            raise Invalid("photo_required")
        return
    found = session.scalar(
        sa.select(sa.func.count())
        .select_from(Evidence)
        .where(Evidence.community_id == command.community_id, Evidence.id.in_(command.evidence_ids),
               Evidence.uploader_id == command.actor_id)
    )  # fmt: skip
    if found < len(set(command.evidence_ids)):
        raise NotFound("evidence_not_found")


def _live_cases(session: Session, command: OpenCase) -> list[sa.Row]:
    """The person's cases under this rule that nobody took back, the newest first."""
    return list(
        session.execute(
            sa.select(case_table.c.id, case_table.c.done_on, case_table.c.state, case_table.c.informed_at)
            .where(
                case_table.c.community_id == command.community_id, case_table.c.member_id == command.member_id,
                case_table.c.rule_code == command.rule_code, case_table.c.state.not_in(("dropped", "reversed")),
            )
            .order_by(case_table.c.id.desc())
        )
    )  # fmt: skip


def _earlier(others: list[sa.Row], done_on: date, community: CommunityView) -> uuid.UUID | None:
    """The warning (or deduction) that this deed repeats."""
    for other in others:
        told = other.state in STANDING and other.informed_at is not None
        if told and repeats(done_on, local_day(other.informed_at, community.zone)):
            return other.id
    return None


def _check_cap(others: list[sa.Row], command: OpenCase, rule: RuleView, member: MemberBrief) -> None:
    """The rule's own limit on deductions; warnings take nothing and do not count."""
    if rule.cap_count is None or rule.cap_period is None:
        return
    first, last = period_of(command.done_on, rule.cap_period)
    times = sum(other.state != "warned" and first <= other.done_on <= last for other in others)
    most = -rule.points_min
    if is_over_cap(
        times=times, points=times * most, cap_count=rule.cap_count, cap_unit=rule.cap_unit, new_points=most
    ):
        raise Conflict("cap_reached", name=member.name, count=rule.cap_count, unit=rule.cap_unit,
                       period=rule.cap_period)  # fmt: skip


@dataclass(frozen=True)
class HandOverLetter:
    """An officer put the printed letter into the person's hands."""

    community_id: int
    actor_id: uuid.UUID
    case_id: uuid.UUID


def hand_over_letter(session: Session, command: HandOverLetter, *, now: datetime) -> None:
    """Notes that the person has the letter: the reply window begins then, anew for who was told on the phone. Again:
    nothing more happens.

    Raises NotFound ``case_not_found``; Conflict ``case_with_the_panel``.
    """
    case = lock_case(session, command.community_id, command.case_id)
    require_officer(session, case, command.actor_id)
    if case.letter_at is not None:
        return
    _require_before_the_panel(case)
    case.letter_at = case.informed_at = now
    write_step(session, case, "letter_handed_over", command.actor_id, now=now)


@dataclass(frozen=True)
class ReplyToCase:
    """What the person says to it: written by the person, or taken down by the officer who opened it or a steward."""

    community_id: int
    actor_id: uuid.UUID
    case_id: uuid.UUID
    text: str


def reply_to_case(session: Session, command: ReplyToCase, *, now: datetime) -> None:
    """Keeps the words with the case; read until it lies on a table, also after the seven days. The same words again
    change nothing.

    Raises NotFound ``case_not_found``; Conflict ``case_with_the_panel``; Invalid ``reason_needed``, ``note_too_long``.
    """
    case = lock_case(session, command.community_id, command.case_id)
    require_party(session, case, command.actor_id)
    _require_before_the_panel(case)
    text = words_of(command.text)
    if not _is_last_word(session, case, command.actor_id, text):
        write_step(session, case, "replied", command.actor_id, now=now, note=text)


def _is_last_word(session: Session, case: ConductCase, actor_id: uuid.UUID, text: str) -> bool:
    last = session.execute(
        sa.select(event_table.c.event, event_table.c.actor_id, event_table.c.note)
        .where(event_table.c.community_id == case.community_id, event_table.c.case_id == case.id)
        .order_by(event_table.c.id.desc())
        .limit(1)
    ).one()
    return tuple(last) == ("replied", actor_id, text)


@dataclass(frozen=True)
class DropCase:
    """Let a case rest: the reply was accepted, or it was a mistake. ``reason`` is for the person to read."""

    community_id: int
    actor_id: uuid.UUID
    case_id: uuid.UUID
    reason: str


def drop_case(session: Session, command: DropCase, *, now: datetime) -> None:
    """Ends a warning or a notice as if it had never been. Again: nothing more happens.

    Raises NotFound ``case_not_found``; NotAllowed ``case_of_own_household``; Conflict ``case_with_the_panel``,
    ``warning_was_followed`` (a later case rests on this warning and is dropped first); Invalid ``reason_needed``,
    ``note_too_long``.
    """
    case = lock_case(session, command.community_id, command.case_id)
    require_officer(session, case, command.actor_id)
    if case.state == "dropped":
        return
    actor = members_by_id(session, command.community_id, [command.actor_id]).get(command.actor_id)
    if actor is None or actor.household_id == case.household_id:
        raise NotAllowed("case_of_own_household")
    _require_before_the_panel(case)
    reason = words_of(command.reason)
    _lock_member(
        session, case.community_id, case.member_id
    )  # nobody opens a case that rests on this one meanwhile
    followed = session.scalar(
        sa.select(case_table.c.id)
        .where(case_table.c.community_id == case.community_id, case_table.c.member_id == case.member_id,
               case_table.c.earlier_id == case.id, case_table.c.state != "dropped")
        .limit(1)
    )  # fmt: skip
    if followed is not None:
        raise Conflict("warning_was_followed")
    case.state = "dropped"
    write_step(session, case, "dropped", command.actor_id, now=now, note=reason)


def _require_before_the_panel(case: ConductCase) -> None:
    if case.state not in BEFORE_THE_PANEL:
        raise Conflict("case_with_the_panel")
