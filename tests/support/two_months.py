"""Two months in a village at random, by real operations: awards, honours, doubts, goods, corrections, budgets."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app import clock
from app.database import db
from app.transaction import transact
from points.base import new_id
from points.errors import DomainError
from points.ledger.accounts import account_id_of
from points.ledger.corrections import ReverseTransfer, reverse_transfer
from points.ledger.models import Transfer
from points.ledger.settling import expire_lots, settle
from points.notices.operations import AnswerObjection, ObjectToNotice, answer_objection, object_to_notice
from points.notices.queries import board, objections
from points.people.operations import GrantBudget
from points.review.funding import fund_budget
from shop.counter.annulment import AnnulRedemption, annul_redemption
from shop.counter.operations import RedeemCode, redeem_code
from tests.builders import Village, a_key, given_decided, given_order, given_record

BEGIN = datetime(2026, 9, 14, 0, 30, tzinfo=UTC)
RULES = ("AID-01", "AID-02", "HON-01", "PUB-03")  # three that 10 points fit, and an honour


@dataclass
class Story:
    """What happens in ``village``; ``sessions`` are those that were held."""

    village: Village
    rng: Random
    now: datetime = BEGIN
    sessions: list[uuid.UUID] = field(default_factory=list)

    def go_on(self, days: int) -> None:
        """Some days, with one or two things on each."""
        for _day in range(days):
            for _thing in range(self.rng.randint(1, 2)):
                self.now += timedelta(minutes=self.rng.randint(20, 300), seconds=self.rng.randint(0, 59))
                step = self.rng.choice(STEPS)
                with clock.at(self.now):
                    try:
                        step(self)
                    except DomainError:  # a cap, an empty wallet, a late undo: such is life
                        db.session.rollback()
            self.now += timedelta(hours=self.rng.randint(4, 20))

    def do(self, operation: Callable[..., Any], command: object) -> Any:
        """One operation, now."""
        return transact(operation, command)

    def ask(self, query: Callable[..., Any], **more: Any) -> Any:
        """A query, now."""
        found = query(db.session(), self.village.community_id, now=self.now, **more)
        db.session.rollback()
        return found


def _review(story: Story) -> None:
    village, rng = story.village, story.rng
    people = rng.sample(village.residents, rng.randint(1, 3))
    records = []
    for person in people:
        try:
            records.append(given_record(village, person, rule=rng.choice(RULES), at=story.now))
        except DomainError:
            db.session.rollback()
    if records:
        story.sessions.append(given_decided(village, records, points=10, at=story.now))
        story.now += timedelta(minutes=21)


def _grant(story: Story) -> None:
    steward = story.village.one("steward").id
    command = GrantBudget(story.village.community_id, steward, a_key(), story.rng.randint(5, 60), "村集体")
    story.do(fund_budget, command)


def _doubt(story: Story) -> None:
    running = story.ask(board, show="running")
    if running:
        notice = story.rng.choice(running)
        objector = story.village.one("shop_staff").id
        story.do(
            object_to_notice,
            ObjectToNotice(story.village.community_id, objector, a_key(), notice.id, "没看见"),
        )


def _answer(story: Story) -> None:
    for doubt in story.ask(objections, is_open=True):
        supervisor = story.village.one("supervisor").id
        uphold = story.rng.random() < 0.5
        command = AnswerObjection(story.village.community_id, supervisor, doubt.id, uphold, "查过了")
        story.do(answer_objection, command)


def _shop(story: Story) -> None:
    village, rng = story.village, story.rng
    order = given_order(village, rng.choice(village.residents), code=rng.choice(("I01", "I02")), at=story.now)
    if rng.random() < 0.7:
        nonce, staff = a_key(), village.one("shop_staff").id
        story.do(
            redeem_code, RedeemCode(village.community_id, staff, village.shop_id, "phone", order.code, nonce)
        )
        if rng.random() < 0.3:
            story.do(annul_redemption, AnnulRedemption(village.community_id, staff, "phone", nonce))


def _correct(story: Story) -> None:
    community_id = story.village.community_id
    found = db.session.scalars(
        sa.select(Transfer.id)
        .where(Transfer.community_id == community_id, Transfer.kind == "post", Transfer.code == "award")
        .order_by(Transfer.id)
    ).all()
    db.session.rollback()
    if found:
        command = ReverseTransfer(
            community_id, new_id(), story.rng.choice(found), uuid.uuid4(), reason="记错了人"
        )
        story.do(reverse_transfer, command)


def _settle(story: Story) -> None:
    def job(session: Session, community_id: int, *, now: datetime) -> int:
        return settle(session, community_id, now=now)

    story.do(job, story.village.community_id)


def _expire(story: Story) -> None:
    """The year ends early for one household."""

    def job(session: Session, person: Any, *, now: datetime) -> int:
        wallet = account_id_of(session, story.village.community_id, "household", person.household_id)
        return expire_lots(session, story.village.community_id, wallet, today=date(2029, 1, 1), now=now)

    story.do(job, story.rng.choice(story.village.residents))


STEPS = (
    _review,
    _review,
    _review,
    _grant,
    _doubt,
    _doubt,
    _answer,
    _shop,
    _shop,
    _shop,
    _correct,
    _settle,
    _expire,
)
