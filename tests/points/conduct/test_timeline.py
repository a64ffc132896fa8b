"""Whatever is asked for, by whom, in which order and when: no step comes before its time."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app import clock
from app.database import db
from app.transaction import transact
from points.conduct.models import ConductCase, ConductEvent
from points.errors import DomainError
from points.ledger.check import check_ledger
from points.records.models import Record
from points.review.ballots import CastBallot, cast_ballot
from points.review.closing import CloseSession, close_session
from points.review.queries import agenda_for
from points.review.sessions import CallSession, JoinSession, convene_session, join_session
from tests.builders import Village, a_key
from tests.points.conduct.proceedings import (
    DAY,
    MONDAY,
    another_supervisor,
    answer,
    answer_appeal,
    appeal,
    appeal_deduction,
    confirmed,
    drop,
    drop_case,
    hand_over_letter,
    in_the_books,
    letter,
    open_case,
    opening,
    reply,
    reply_to_case,
    score,
    wallet_entries,
)  # fmt: skip

HOUR = timedelta(hours=1)
ACTS = (
    "open",
    "open",
    "letter",
    "reply",
    "drop",
    "sit",
    "sit",
    "refuse",
    "confirm",
    "appeal",
    "uphold",
    "dismiss",
)
steps = st.lists(
    st.tuples(st.sampled_from(ACTS), st.sampled_from((HOUR, DAY, 6 * DAY, 7 * DAY, 30 * DAY))), max_size=14
)
BEGUN = ((), *(("open", "open", "sit", "confirm", "appeal", "uphold")[:length] for length in (2, 4, 5, 6)))
# Most random orders stop at the warning: these begin where something is under way.
way = st.sampled_from(
    ((), ("open", "open"), ("open", "open", "sit"), ("open", "open", "sit", "confirm"))
).map(lambda acts: [(act, 7 * DAY) for act in acts])


@dataclass
class Life:
    """A villager, and officers who do what comes into their heads."""

    village: Village
    now: datetime
    supervisor: object
    cases: list[uuid.UUID] = field(default_factory=list)

    def act(self, what: str) -> None:
        """One attempt; a refusal is an answer."""
        with clock.at(self.now):
            try:
                getattr(self, what)()
            except DomainError:
                db.session.rollback()

    @property
    def person(self):
        return self.village.residents[0]

    def _on_last(self, operation: Callable, command: Callable, *args: object, **more: object) -> None:
        if self.cases:
            transact(operation, command(self.village, self.cases[-1], *args, **more))

    def open(self) -> None:
        self.cases.append(transact(open_case, opening(self.village, self.person)).id)

    def letter(self) -> None:
        self._on_last(hand_over_letter, letter)

    def reply(self) -> None:
        self._on_last(reply_to_case, reply, self.person)

    def drop(self) -> None:
        self._on_last(drop_case, drop, self.village.one("grid_worker"))

    def sit(self, points: int | None = 5) -> None:
        """A session with whatever lies on its table."""
        village, community_id = self.village, self.village.community_id
        session_id = transact(convene_session, CallSession(community_id, village.chair.id, a_key(), self.now))
        for judge in village.judges:
            transact(join_session, JoinSession(community_id, judge.id, session_id))
        vote = ("reject", None, "说得有理") if points is None else ("approve", points, "")
        agenda = agenda_for(db.session(), community_id, session_id, None, now=self.now)
        db.session.rollback()
        for item in agenda:
            for judge in village.judges:
                transact(cast_ballot, CastBallot(community_id, judge.id, session_id, item.record.id, *vote))
        transact(close_session, CloseSession(community_id, village.chair.id, session_id))

    def refuse(self) -> None:
        self.sit(None)

    def confirm(self) -> None:
        confirmed(self.village, at=self.now)

    def appeal(self) -> None:
        self._on_last(appeal_deduction, appeal, self.person)

    def uphold(self) -> None:
        self._on_last(answer_appeal, answer, self.supervisor, uphold=True)

    def dismiss(self) -> None:
        self._on_last(answer_appeal, answer, self.supervisor, uphold=False)


def check(life: Life, wallet: tuple[int, int, int]) -> None:
    """What holds at every moment."""
    village, community_id = life.village, life.village.community_id
    cases = db.session.scalars(sa.select(ConductCase).where(ConductCase.community_id == community_id)).all()
    by_id = {case.id: case for case in cases}
    events: dict[uuid.UUID, dict[str, datetime]] = {}
    for row in db.session.execute(
        sa.select(ConductEvent.__table__).where(ConductEvent.community_id == community_id)
    ):
        events.setdefault(row.case_id, {})[row.event] = row.happened_at
    filed = dict(
        db.session.execute(
            sa.select(Record.id, Record.filed_at).where(Record.community_id == community_id)
        ).all()
    )
    db.session.rollback()
    for case in cases:
        seen = events[case.id]
        assert case.informed_at >= case.opened_at
        if case.record_id is None:
            assert not {"posted", "appealed"} & seen.keys()
            continue
        warning = by_id[case.earlier_id]
        assert warning.state != "dropped"
        assert warning.informed_at.date() < case.done_on <= warning.informed_at.date() + 365 * DAY
        assert filed[case.record_id] >= case.informed_at + 7 * DAY
        if case.posted_at is not None:
            assert case.posted_at >= filed[case.record_id]
        if "appealed" in seen:
            assert case.posted_at <= seen["appealed"] < case.posted_at + 30 * DAY
        if case.state in ("reversed", "appeal_refused"):
            assert "appealed" in seen
    with clock.at(life.now):
        standing = [case for case in cases if case.posted_at and case.state != "reversed"]
        assert in_the_books(village, life.person) == -sum(case.points for case in standing)
        assert score(village, life.person) == -sum(
            case.points for case in standing if case.posted_at > life.now - 365 * DAY
        )
        assert wallet_entries(village, life.person) == wallet
        assert list(check_ledger(db.session(), community_id)) == []
        db.session.rollback()


@settings(
    max_examples=12,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(way, steps)
def test_no_step_comes_before_its_time(village: Village, begun: list, more: list) -> None:
    life = Life(village, _next_age(village), another_supervisor(village))
    with clock.at(life.now):
        wallet = wallet_entries(village, life.person)
    for act, later in [*begun, *more]:
        life.act(act)
        life.now += later
    check(life, wallet)


_ages: dict[str, datetime] = {}


def _next_age(village: Village) -> datetime:
    """Years after the example before, so that its warnings are over: they share one database."""
    address = str(db.engine.url)
    _ages[address] = _ages.get(address, MONDAY) + 900 * DAY
    return _ages[address]
