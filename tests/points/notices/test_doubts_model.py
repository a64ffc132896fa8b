"""Whatever happens in whatever order: the books are sound, and every award is what the last decision said."""

from __future__ import annotations

import random
import uuid
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
import sqlalchemy as sa

from app import clock
from app.transaction import transact
from points.base import new_id
from points.errors import DomainError
from points.ledger.models import Transfer
from points.ledger.operations import account_id_of, make_transfer, settle
from points.ledger.results import NewTransfer
from points.notices.concern import Bench
from points.notices.queries import notices_of_records
from points.people.queries import MemberBrief
from points.records.operations import FiledRecord
from tests.builders import MONDAY, Village, given_open_session, given_record
from tests.points.notices.doubting import (
    answered,
    appeal,
    confirmed,
    more,
    object_to,
    read,
    view,
    wrong_numbers,
)
from tests.points.review.voting import close, vote_on

transfer = Transfer.__table__
STEPS = 40
RECORDS = 4


@dataclass
class Model:
    """What the last decision about each record said, in points, and what could not be taken back by it."""

    village: Village
    rng: random.Random
    records: list[FiledRecord]
    supervisors: list[MemberBrief]
    points: dict[uuid.UUID, int] = field(default_factory=dict)
    shortfall: dict[uuid.UUID, int] = field(default_factory=dict)
    doubts: dict[uuid.UUID, FiledRecord] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Where the points come from."""
        self.budget = read(account_id_of, self.village.community_id, "budget")

    def step(self, act: str) -> bool:
        """One act of somebody; False when it was refused, which must change nothing."""
        try:
            getattr(self, act)()
        except DomainError:
            return False
        return True

    def doubt(self) -> None:
        """Somebody, mostly of the household, objects; or else appeals: only one of the two is open."""
        record = self.rng.choice(self.records)
        own = next(one for one in self.village.residents if one.household_id == record.household_id)
        by = self.rng.choice((own, own, *self.village.residents))
        try:
            doubt = object_to(self.village, record, by)
        except (DomainError, KeyError):  # no notice, or its time is over
            doubt = appeal(self.village, record, by)
        self.doubts[doubt] = record

    def answer(self) -> None:
        """One of those who may writes an answer; now and then one who may not."""
        doubt = self.rng.choice(list(self.doubts))
        points = self.rng.choice((None, 0, 0, 3, 4, 8, 10))
        self.take_note(doubt, answered(self.village, doubt, self.answerer(doubt), points))

    def confirm(self) -> None:
        """Another one confirms what waits."""
        waiting = [doubt for doubt in self.doubts if view(self.village, doubt).waiting]
        doubt = self.rng.choice(waiting or list(self.doubts))
        by, version = self.answerer(doubt), view(self.village, doubt).version
        self.take_note(doubt, confirmed(self.village, doubt, by, version))

    def answerer(self, doubt: uuid.UUID) -> MemberBrief:
        """Mostly somebody who may answer."""
        bench = read(Bench, self.village.community_id, [self.doubts[doubt].id], now=clock.now())
        may = bench.answerers(view(self.village, doubt), now=clock.now()).members
        return self.rng.choice([one for one in self.supervisors if one.id in may] * 5 + self.supervisors)

    def take_note(self, doubt: uuid.UUID, state: str) -> None:
        """The decision that counts from now on."""
        if state == "open":
            return
        record, found = self.doubts.pop(doubt), view(self.village, doubt)
        if found.points_after is not None:
            self.points[record.id], self.shortfall[record.id] = found.points_after, found.shortfall

    def spend(self) -> None:
        """A household spends a point or more."""
        wallet = self.wallet(self.rng.choice(self.records))
        shop = read(account_id_of, self.village.community_id, "shop", self.village.shop_id)
        new = NewTransfer(
            self.village.community_id, new_id(), "redemption", debit_account_id=wallet, credit_account_id=shop,
            amount=self.rng.randint(1, 4),
        )  # fmt: skip
        transact(make_transfer, new)

    def settle(self) -> None:
        """The nightly job."""
        transact(lambda session, number, *, now: settle(session, number, now=now), self.village.community_id)

    def wallet(self, record: FiledRecord) -> uuid.UUID:
        """Whose points they are."""
        return read(account_id_of, self.village.community_id, "household", record.household_id)

    def check(self) -> None:
        """The ledger, the board and the decisions say the same."""
        assert wrong_numbers(self.village) == []
        ids = [record.id for record in self.records]
        notices = read(notices_of_records, self.village.community_id, ids, now=clock.now())
        stands = self.stands(ids)
        for record in self.records:
            decided = self.points.get(record.id, 0)
            assert stands[record.id] == decided + self.shortfall.get(record.id, 0)
            notice = notices.get(record.id)
            shown = notice.points if notice and notice.state != "voided" else 0
            assert shown == decided

    def stands(self, ids: list[uuid.UUID]) -> Counter[uuid.UUID]:
        """What the transfers about each record have brought, and what they promise."""
        query = sa.select(transfer).where(
            transfer.c.community_id == self.village.community_id, transfer.c.ref_id.in_(ids)
        )
        lines = read(lambda session: session.execute(query).all())
        ended = {line.pending_id for line in lines}
        found: Counter[uuid.UUID] = Counter()
        for line in lines:
            if line.kind in ("posted", "post") or (line.kind == "pending" and line.id not in ended):
                found[line.ref_id] += line.amount if line.debit_account_id == self.budget else -line.amount
        return found


# Seeds in which points are short, a rejected deed gets its points after all, and an appeal takes an award away.
@pytest.mark.parametrize(
    ("backend", "seed", "more_supervisors"), [("sqlite", 13, 6), ("sqlite", 3, 4), ("postgresql", 4, 5)],
    indirect=["backend"],
)  # fmt: skip
def test_every_award_is_what_the_last_decision_said(
    village: Village, clock_at, seed: int, more_supervisors: int
) -> None:
    rng = random.Random(seed)
    records = [given_record(village, resident) for resident in village.residents[:RECORDS]]
    session_id = given_open_session(village)
    for record in records[1:]:
        vote_on(village, session_id, record, 6, 6, 6, 6)
    vote_on(village, session_id, records[0], "no", "no", "no", "no")
    close(village, session_id)
    supervisors = [*more(village, "supervisor", more_supervisors), village.one("operator")]
    model = Model(village, rng, records, supervisors, {record.id: 6 for record in records[1:]})
    moment, done = MONDAY, set()
    for _ in range(STEPS):
        moment += timedelta(hours=rng.choice((0, 1, 20, 60)))
        clock_at(moment)
        act = rng.choices(("doubt", "answer", "confirm", "spend", "settle"), (7, 6, 4, 3, 1))[0]
        if act in ("answer", "confirm") and not model.doubts:
            continue
        if model.step(act):
            done.add(act)
        model.check()
    assert done >= {"doubt", "answer", "confirm", "spend"}
    assert any(model.points.get(record.id) != 6 for record in records[1:])
