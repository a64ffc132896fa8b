"""Reporting a deed, and taking a report back."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from points.base import new_id
from points.days import local_day, period_of
from points.errors import Conflict, Invalid, NotAllowed, NotFound
from points.people.models import Household
from points.people.queries import CommunityView, MemberBrief, community_by_id, members_by_id, roles_of
from points.records.events import write_event
from points.records.models import Evidence, Record, RecordEvidence
from points.records.policy import DEAD_STATES, MOST_PIECES, WITHDRAWABLE, is_over_cap
from points.rules.policy import may_report
from points.rules.queries import RuleView, rule_on, rules_by_id

MOST_MEMBERS = 100
LONGEST_NOTE = 500

record, record_evidence, evidence = Record.__table__, RecordEvidence.__table__, Evidence.__table__


@dataclass(frozen=True)
class FileRecord:
    """Report one deed of one or many members, or of a household as a whole (``household_id``, no members).

    ``quantity`` in the rule's unit. For many members each gets a record of their own, all or none.
    """

    community_id: int
    actor_id: uuid.UUID
    request_key: str
    rule_code: str
    done_on: date
    member_ids: tuple[uuid.UUID, ...] = ()
    household_id: uuid.UUID | None = None
    quantity: int = 1
    note: str = ""
    evidence_ids: tuple[uuid.UUID, ...] = ()


@dataclass(frozen=True)
class FiledRecord:
    """One record as filed; ``expected_points`` is the rule's default, the review decides."""

    id: uuid.UUID
    state: str
    expected_points: int
    household_id: uuid.UUID
    member_id: uuid.UUID | None


@dataclass(frozen=True)
class RecordFiled:
    """All records of one report, in the order of the members."""

    records: tuple[FiledRecord, ...]


@dataclass(frozen=True)
class _Subject:
    household_id: uuid.UUID
    member_id: uuid.UUID | None
    name: str


def file_record(session: Session, command: FileRecord, *, now: datetime) -> RecordFiled:
    """Files a deed under the rule version in force on its day; caps, duplicates and authority are checked here and
    frozen, so that late reviewers cannot make it undecidable.

    Raises Invalid ``done_on_in_future``, ``done_on_too_long_ago``, ``rule_not_in_force``, ``quantity_not_counted``,
    ``quantity_too_large``, ``note_too_long``, ``photo_required``, ``nobody_named``, ``too_many_members``,
    ``deduction_needs_due_process``; NotAllowed ``may_not_report``; NotFound ``member_not_found``,
    ``household_not_found``, ``evidence_not_found``; Conflict ``duplicate_record``, ``cap_reached``,
    ``photo_used_before``, ``request_key_reused``.
    """
    community = community_by_id(session, command.community_id)
    actor = members_by_id(session, command.community_id, [command.actor_id]).get(command.actor_id)
    if actor is None:
        raise NotFound("member_not_found")
    subjects = _subjects(session, command)
    _lock_households(session, command.community_id, subjects)
    repeated = _answer_repeat(session, command, subjects)
    if repeated:
        return repeated
    rule = _rule(session, command, community, now)
    _check_authority(session, command, actor, subjects, rule)
    _check_evidence(session, command, rule)
    filed = []
    for at, subject in enumerate(subjects):
        # checked after the one before was written: two people of one household share the caps of a household's deed
        _check_duplicate(session, command, subject, rule)
        _check_cap(session, command, subject, rule)
        filed.append(_write(session, command, subject, rule, at, now))
    return RecordFiled(tuple(filed))


def _subjects(session: Session, command: FileRecord) -> list[_Subject]:
    if command.member_ids:
        ids = list(dict.fromkeys(command.member_ids))
        if len(ids) > MOST_MEMBERS:
            raise Invalid("too_many_members", most=MOST_MEMBERS)
        found = members_by_id(session, command.community_id, ids)
        if len(found) < len(ids):
            raise NotFound("member_not_found")
        return [_Subject(found[key].household_id, key, found[key].name) for key in ids]
    if command.household_id is None:
        raise Invalid("nobody_named")
    number = session.scalar(
        sa.select(Household.number).where(
            Household.community_id == command.community_id, Household.id == command.household_id
        )
    )
    if number is None:
        raise NotFound("household_not_found")
    return [_Subject(command.household_id, None, number)]


def _lock_households(session: Session, community_id: int, subjects: Sequence[_Subject]) -> None:
    """Two reports for one household wait for each other, or both would pass the same cap."""
    ids = sorted({subject.household_id for subject in subjects})
    session.execute(
        sa.select(Household.id)
        .where(Household.community_id == community_id, Household.id.in_(ids))
        .order_by(Household.id)
        .with_for_update()
    ).all()


def _answer_repeat(session: Session, command: FileRecord, subjects: Sequence[_Subject]) -> RecordFiled | None:
    keys = [_key(command, at) for at in range(len(subjects))]
    stored = {
        row.request_key: row
        for row in session.execute(
            sa.select(record).where(
                record.c.community_id == command.community_id, record.c.request_key.in_(keys)
            )
        )
    }
    if not stored:
        return None
    rows = [stored.get(key) for key in keys]
    same = all(
        row is not None
        and (row.rule_code, row.done_on, row.quantity, row.note) ==
        (command.rule_code, command.done_on, command.quantity, command.note.strip())
        and (row.household_id, row.member_id, row.reporter_id) ==
        (subject.household_id, subject.member_id, command.actor_id)
        for row, subject in zip(rows, subjects, strict=True)
    )  # fmt: skip
    if not same:
        raise Conflict("request_key_reused")
    return RecordFiled(
        tuple(
            FiledRecord(row.id, row.state, row.expected_points, row.household_id, row.member_id)
            for row in rows
        )
    )


def _key(command: FileRecord, at: int) -> str:
    return f"{command.request_key}#{at}"


def _rule(session: Session, command: FileRecord, community: CommunityView, now: datetime) -> RuleView:
    today = local_day(now, community.zone)
    if command.done_on > today:
        raise Invalid("done_on_in_future")
    if command.done_on < today - timedelta(days=community.report_days):
        raise Invalid("done_on_too_long_ago", days=community.report_days)
    rule = rule_on(session, command.community_id, command.rule_code, command.done_on)
    if rule is None:
        raise Invalid("rule_not_in_force", rule=command.rule_code, day=command.done_on)
    if rule.score == "conduct":
        raise Invalid("deduction_needs_due_process")
    if command.quantity < 1 or (command.quantity > 1 and not rule.counts_quantity):
        raise Invalid("quantity_not_counted")
    if command.quantity > MOST_PIECES:
        raise Invalid("quantity_too_large", most=MOST_PIECES)
    if len(command.note.strip()) > LONGEST_NOTE:
        raise Invalid("note_too_long", most=LONGEST_NOTE)
    return rule


def _check_authority(
    session: Session, command: FileRecord, actor: MemberBrief, subjects: Sequence[_Subject], rule: RuleView
) -> None:
    roles = frozenset(roles_of(session, command.community_id, command.actor_id))
    for subject in subjects:
        own = subject.household_id == actor.household_id
        if not may_report(rule.reporters, roles, own=own):
            raise NotAllowed("may_not_report", rule=rule.code)


def _check_evidence(session: Session, command: FileRecord, rule: RuleView) -> None:
    if not command.evidence_ids:
        if rule.photo == "required":
            raise Invalid("photo_required")
        return
    photos = session.execute(
        sa.select(evidence.c.id, evidence.c.sha256).where(
            evidence.c.community_id == command.community_id, evidence.c.id.in_(command.evidence_ids),
            evidence.c.uploader_id == command.actor_id,
        )
    ).all()  # fmt: skip
    if len(photos) < len(set(command.evidence_ids)):
        raise NotFound("evidence_not_found")
    used = session.execute(
        sa.select(record_evidence.c.id)
        .join(evidence, sa.and_(evidence.c.community_id == record_evidence.c.community_id,
                                evidence.c.id == record_evidence.c.evidence_id))
        .join(record, sa.and_(record.c.community_id == record_evidence.c.community_id,
                              record.c.id == record_evidence.c.record_id))
        .where(record_evidence.c.community_id == command.community_id,
               evidence.c.sha256.in_([photo.sha256 for photo in photos]), record.c.state.not_in(DEAD_STATES))
        .limit(1)
    ).one_or_none()  # fmt: skip
    if used is not None:
        raise Conflict("photo_used_before")


def _live_records(command: FileRecord, subject: _Subject, rule: RuleView) -> list[sa.ColumnElement[bool]]:
    """What counts against this subject: the member's, or the household's for a deed of the household."""
    which = [
        record.c.community_id == command.community_id,
        record.c.household_id == subject.household_id,
        record.c.rule_code == rule.code,
        record.c.state.not_in(DEAD_STATES),
    ]
    if not rule.is_of_household and subject.member_id is not None:
        which.append(record.c.member_id == subject.member_id)
    return which


def _check_duplicate(session: Session, command: FileRecord, subject: _Subject, rule: RuleView) -> None:
    if session.scalar(
        sa.select(record.c.id)
        .where(*_live_records(command, subject, rule), record.c.done_on == command.done_on)
        .limit(1)
    ):
        raise Conflict("duplicate_record", name=subject.name)


def _check_cap(session: Session, command: FileRecord, subject: _Subject, rule: RuleView) -> None:
    if rule.cap_count is None or rule.cap_period is None:
        return
    first, last = period_of(command.done_on, rule.cap_period)
    times, points = session.execute(
        sa.select(sa.func.count(), sa.func.coalesce(sa.func.sum(record.c.expected_points), 0)).where(
            *_live_records(command, subject, rule), record.c.done_on.between(first, last)
        )
    ).one()
    new_points = rule.points_default * command.quantity
    if is_over_cap(times=times, points=int(points), cap_count=rule.cap_count, cap_unit=rule.cap_unit,
                   new_points=new_points):  # fmt: skip
        raise Conflict("cap_reached", name=subject.name, count=rule.cap_count, unit=rule.cap_unit,
                       period=rule.cap_period)  # fmt: skip


def _write(
    session: Session, command: FileRecord, subject: _Subject, rule: RuleView, at: int, now: datetime
) -> FiledRecord:
    row = {
        "community_id": command.community_id,
        "id": new_id(),
        "rule_item_id": rule.id,
        "rule_code": rule.code,
        "household_id": subject.household_id,
        "member_id": subject.member_id,
        "reporter_id": command.actor_id,
        "done_on": command.done_on,
        "quantity": command.quantity,
        "expected_points": rule.points_default * command.quantity,
        "note": command.note.strip(),
        "state": "submitted",
        "filed_at": now,
        "request_key": _key(command, at),
    }
    session.execute(sa.insert(record).values(row))
    for evidence_id in dict.fromkeys(command.evidence_ids):
        session.execute(
            sa.insert(record_evidence).values(
                community_id=command.community_id, id=new_id(), record_id=row["id"], evidence_id=evidence_id
            )
        )
    write_event(session, command.community_id, row["id"], "filed", command.actor_id, now=now)
    return FiledRecord(
        row["id"], "submitted", row["expected_points"], subject.household_id, subject.member_id
    )


@dataclass(frozen=True)
class WithdrawRecord:
    """Take a report back before it lies on the table."""

    community_id: int
    actor_id: uuid.UUID
    record_id: uuid.UUID


def withdraw_record(session: Session, command: WithdrawRecord, *, now: datetime) -> str:
    """Withdraws a record; the reporter or somebody of the household may. Again: nothing more happens.

    Raises NotFound ``record_not_found`` (also for other households' records), Conflict ``record_not_withdrawable``.
    """
    found = session.scalar(
        sa.select(Record)
        .where(Record.community_id == command.community_id, Record.id == command.record_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    actor = members_by_id(session, command.community_id, [command.actor_id]).get(command.actor_id)
    if found is None or actor is None or (
        found.reporter_id != actor.id and found.household_id != actor.household_id
    ):  # fmt: skip
        raise NotFound("record_not_found")
    rules = rules_by_id(session, command.community_id, {found.rule_item_id})
    if rules[found.rule_item_id].score == "conduct":
        raise NotFound("record_not_found")  # a case is dropped with a reason (points.conduct), not withdrawn
    if found.state == "withdrawn":
        return found.state
    if found.state not in WITHDRAWABLE:
        raise Conflict("record_not_withdrawable", state=found.state)
    found.state = "withdrawn"
    write_event(session, command.community_id, found.id, "withdrawn", command.actor_id, now=now)
    return found.state


@dataclass(frozen=True)
class AddEvidence:
    """A photo that was re-encoded without metadata; its file lies in the media folder under ``id``."""

    community_id: int
    actor_id: uuid.UUID
    id: uuid.UUID
    sha256: str
    width: int
    height: int
    size_bytes: int


def add_evidence(session: Session, command: AddEvidence, *, now: datetime) -> uuid.UUID:
    """Registers a photo for the record that will name it."""
    session.execute(
        sa.insert(evidence).values(
            community_id=command.community_id, id=command.id, uploader_id=command.actor_id, sha256=command.sha256,
            width=command.width, height=command.height, size_bytes=command.size_bytes, uploaded_at=now,
        )
    )  # fmt: skip
    return command.id
