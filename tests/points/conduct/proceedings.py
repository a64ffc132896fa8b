"""Short words for the steps of a case. Burning straw (DED-02, 5 points, with a photo), damage that nobody repairs
(DED-03, 1 to 20), a false claim (DED-04, 5), staying away (DED-05, 1)."""

from __future__ import annotations

import uuid
from datetime import date, datetime, timedelta

import sqlalchemy as sa

from app import clock
from app.database import db
from app.transaction import transact
from points.base import new_id
from points.conduct.appeals import AnswerAppeal, AppealDeduction, answer_appeal, appeal_deduction
from points.conduct.models import ConductCase
from points.conduct.operations import (
    CaseOpened,
    DropCase,
    HandOverLetter,
    OpenCase,
    ReplyToCase,
    drop_case,
    hand_over_letter,
    open_case,
    reply_to_case,
)
from points.conduct.queries import CaseDetail, case_detail, conduct_score
from points.ledger.operations import account_id_of
from points.ledger.queries import balance_of
from points.people.intake import ImportRoster, import_roster
from points.people.operations import GrantRole, grant_role
from points.people.queries import MemberBrief, members_page
from points.people.roster import RosterRow
from points.review.ballots import CastBallot, cast_ballot
from points.review.closing import CloseSession, close_session
from points.review.queries import waiting_for_second_level
from points.review.second_level import ConfirmDecision, confirm_decision
from tests.builders import MONDAY, Village, a_key, given_open_session

FACTS = "说好了来值守，没有来，也没有说一声。"
DAY = timedelta(days=1)
# The deed came a week after the warning; its window is over another week later.
REPEATED, READY = MONDAY + 7 * DAY, MONDAY + 14 * DAY


def opening(
    village: Village, member: MemberBrief, rule: str = "DED-04", *, done_on: date | None = None, by: str = "grid_worker",
    **more: object,
) -> OpenCase:  # fmt: skip
    """The command that opens a case about today."""
    day = done_on or clock.today("Asia/Shanghai")
    values = {"facts": FACTS, "request_key": a_key(), "evidence_ids": ()} | more
    return OpenCase(
        village.community_id, village.one(by).id, str(values["request_key"]), rule, member.id, day,
        str(values["facts"]), values["evidence_ids"],
    )  # fmt: skip


def given_warning(
    village: Village, member: MemberBrief, rule: str = "DED-04", *, at: datetime = MONDAY
) -> CaseOpened:
    """The first time."""
    with clock.at(at):
        return transact(open_case, opening(village, member, rule))


def given_notice(
    village: Village, member: MemberBrief, rule: str = "DED-04", *, at: datetime = REPEATED
) -> CaseOpened:
    """A repeat, a week after the warning."""
    given_warning(village, member, rule, at=at - 7 * DAY)
    with clock.at(at):
        return transact(open_case, opening(village, member, rule))


def given_item(
    village: Village,
    member: MemberBrief,
    rule: str = "DED-04",
    *,
    at: datetime = READY,
    points: int | None = 5,
) -> tuple[CaseOpened, uuid.UUID]:
    """A case that a session decided, every judge for taking ``points`` (None: against it); with its session."""
    found = given_notice(village, member, rule, at=at - 7 * DAY)
    return found, decided(village, found.id, at=at, points=points)


def decided(
    village: Village, case_id: uuid.UUID, *, at: datetime = READY, points: int | None = 5
) -> uuid.UUID:
    """Everybody votes the same way in a session of its own."""
    session_id = given_open_session(village, at=at)
    with clock.at(at + timedelta(minutes=20)):
        record_id = stored(village, case_id).record_id
        for judge in village.judges:
            vote = ("reject", None, "说得有理") if points is None else ("approve", points, "")
            ballot = CastBallot(village.community_id, judge.id, session_id, record_id, *vote)
            transact(cast_ballot, ballot)
        transact(close_session, CloseSession(village.community_id, village.chair.id, session_id))
    return session_id


def confirmed(village: Village, *, at: datetime = READY + timedelta(hours=2), yes: bool = True) -> None:
    """The supervisor's word on everything that waits for it."""
    with clock.at(at):
        waiting = waiting_for_second_level(db.session(), village.community_id, now=at)
        db.session.rollback()
        for item in waiting:
            command = ConfirmDecision(
                village.community_id, village.one("supervisor").id, item.id, yes, "核对过"
            )
            transact(confirm_decision, command)


def given_deduction(
    village: Village, member: MemberBrief, rule: str = "DED-04", *, at: datetime = READY, points: int = 5
) -> CaseOpened:
    """A deduction that was posted two hours after ``at``."""
    found, _session_id = given_item(village, member, rule, at=at, points=points)
    confirmed(village, at=at + timedelta(hours=2))
    return found


def given_appeal(
    village: Village, member: MemberBrief, *, at: datetime = READY + DAY, **more: object
) -> CaseOpened:
    """A deduction the person appealed against."""
    found = given_deduction(village, member, **more)
    with clock.at(at):
        transact(appeal_deduction, AppealDeduction(village.community_id, member.id, found.id, "那天我在医院"))
    return found


def another_supervisor(village: Village, number: int = -1) -> MemberBrief:
    """A resident who is elected supervisor as well."""
    person = village.residents[number]
    transact(grant_role, GrantRole(village.community_id, person.id, "supervisor", "增选"))
    return person


def without_phone(village: Village) -> MemberBrief:
    """Somebody who moves into a household of their own, and has no phone."""
    row = RosterRow(2, "900", "第1网格", "9号", "周奶奶", "户主", "female", 1938, None, False, None)
    transact(import_roster, ImportRoster(village.community_id, None, (row,)))
    people = members_page(db.session(), village.community_id, limit=1000)
    db.session.rollback()
    return next(person for person in people if person.household_number == "900")


def reply(
    village: Village, case_id: uuid.UUID, actor: MemberBrief, text: str = "家里老人住院"
) -> ReplyToCase:
    return ReplyToCase(village.community_id, actor.id, case_id, text)


def drop(village: Village, case_id: uuid.UUID, actor: MemberBrief, reason: str = "说明属实") -> DropCase:
    return DropCase(village.community_id, actor.id, case_id, reason)


def appeal(
    village: Village, case_id: uuid.UUID, actor: MemberBrief, reason: str = "不是我"
) -> AppealDeduction:
    return AppealDeduction(village.community_id, actor.id, case_id, reason)


def answer(
    village: Village, case_id: uuid.UUID, actor: MemberBrief, *, uphold: bool, text: str = "查过了"
) -> AnswerAppeal:
    return AnswerAppeal(village.community_id, actor.id, case_id, uphold, text)


def letter(village: Village, case_id: uuid.UUID, by: str = "grid_worker") -> HandOverLetter:
    return HandOverLetter(village.community_id, village.one(by).id, case_id)


def stored(village: Village, case_id: uuid.UUID) -> sa.Row:
    """The row."""
    case = ConductCase.__table__
    try:
        return db.session.execute(
            sa.select(case).where(case.c.community_id == village.community_id, case.c.id == case_id)
        ).one()
    finally:
        db.session.rollback()


def detail(village: Village, case_id: uuid.UUID) -> CaseDetail:
    """The case as it reads now."""
    try:
        return case_detail(db.session(), village.community_id, case_id, now=clock.now())
    finally:
        db.session.rollback()


def score(village: Village, member: MemberBrief) -> int:
    """The conduct score now."""
    try:
        return conduct_score(db.session(), village.community_id, member.id, now=clock.now())
    finally:
        db.session.rollback()


def in_the_books(village: Village, member: MemberBrief) -> int:
    """What the ledger's conduct account holds; 0 without one."""
    try:
        account_id = account_id_of(db.session(), village.community_id, "conduct", member.id)
        if account_id is None:
            return 0
        found = balance_of(db.session(), village.community_id, account_id, now=clock.now())
        return found.credits_posted - found.debits_posted
    finally:
        db.session.rollback()


def wallet_entries(village: Village, member: MemberBrief) -> tuple[int, int, int]:
    """Sums and number of lines of the household's wallet."""
    account_id = account_id_of(db.session(), village.community_id, "household", member.household_id)
    found = balance_of(db.session(), village.community_id, account_id, now=clock.now())
    db.session.rollback()
    return found.credits_posted, found.debits_posted, found.credits_pending


__all__ = [
    "DAY", "FACTS", "MONDAY", "READY", "REPEATED", "another_supervisor", "answer", "answer_appeal", "appeal",
    "appeal_deduction", "confirmed", "decided", "detail", "drop", "drop_case", "given_appeal", "given_deduction",
    "given_item", "given_notice", "given_warning", "hand_over_letter", "in_the_books", "letter", "new_id", "open_case",
    "opening", "reply", "reply_to_case", "score", "stored", "wallet_entries", "without_phone",
]  # fmt: skip
