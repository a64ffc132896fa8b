"""Sixty days of a village: deeds in the evening, the session at 8:30, the counter by day."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from app import clock
from app.database import db
from app.demo.cast import ACTIVITIES, REJECT_REASONS, SELF_REPORTS, SHOP, SIGN_INS
from app.demo.doubts import doubts_of_the_day
from app.demo.kindness import kindness
from app.demo.pictures import paint_scene
from app.demo.rechecks import recheck
from app.demo.stockroom import goods_of_the_day, restock
from app.demo.village import DemoVillage, grant
from app.photos import keep_photo
from app.transaction import transact
from points.conduct.operations import OpenCase, open_case
from points.errors import DomainError
from points.ledger.operations import account_id_of, settle
from points.ledger.queries import wallet
from points.people.queries import MemberBrief
from points.records.operations import FileRecord, file_record
from points.review.ballots import CastBallot, QuestionItem, cast_ballot, question_item
from points.review.closing import CloseSession, close_session
from points.review.queries import ItemView, agenda_for, waiting_for_second_level
from points.review.second_level import ConfirmDecision, confirm_decision
from points.review.sessions import (
    CallSession,
    JoinSession,
    OpenSession,
    call_session,
    join_session,
    open_session,
)
from points.rules.queries import book_on
from shop.counter.operations import RedeemCode, redeem_code
from shop.orders.operations import CancelOrder, PlaceOrder, Wanted, cancel_order, place_order
from shop.queries import items_at

ZONE = ZoneInfo("Asia/Shanghai")
DAYS, SESSIONS = 60, 40
SECOND_LEVEL = "HON-02"  # a deed whose decision the supervision group confirms
WAITING_TODAY = 12


def at(day: date, hour: int, minute: int = 0) -> datetime:
    """A moment on a village clock."""
    return datetime.combine(day, time(hour, minute), ZONE)


@dataclass
class Story:
    """The history as it unfolds; ``orders`` are those nobody has collected yet."""

    village: DemoVillage
    today: date
    session_days: frozenset[date] = frozenset()
    photos: dict[str, bool] = field(default_factory=dict)
    waiting: list[tuple[str, uuid.UUID, date]] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    regulars: tuple[MemberBrief, ...] = ()

    def __post_init__(self) -> None:
        """Sessions are held on the last forty working days before today."""
        self.regulars = tuple(
            self.village.people[phone] for role, phone in SIGN_INS if role in ("resident", "elder")
        )
        days = [self.today - timedelta(days=n) for n in range(1, DAYS + 30)]
        self.session_days = frozenset([day for day in days if day.weekday() < 5][:SESSIONS])
        rules = book_on(db.session(), self.village.id, self.today)
        db.session.rollback()
        self.photos = {rule.code: rule.photo == "required" for rule in rules}

    def do(self, what: str, operation: Callable[..., Any], command: object) -> Any:
        """One operation; a refusal (a cap, a duplicate, an empty wallet) is life, and nothing happens."""
        try:
            result = transact(operation, command)
        except DomainError:
            return None
        self.counts[what] = self.counts.get(what, 0) + 1
        return result


def days_of(story: Story) -> list[date]:
    """From two days before the first session to today."""
    first = min(story.session_days) - timedelta(days=2)
    return [first + timedelta(days=n) for n in range((story.today - first).days + 1)]


def live(story: Story, day: date, until: datetime) -> None:
    """Everything that happens on one day, in its order; nothing later than ``until``."""
    steps: list[tuple[datetime, Callable[[Story, date], None]]] = [
        (at(day, 3), _night), (at(day, 8), _budget), (at(day, 8, 30), _sitting), (at(day, 9), goods_of_the_day),
        (at(day, 10), _counter),
        (at(day, 11), recheck),
        (at(day, 15), doubts_of_the_day), (at(day, 16), _orders), (at(day, 17), _reminders), (at(day, 18), kindness),
        (at(day, 20), _evening),
    ]  # fmt: skip
    for moment, step in steps:
        if moment <= until:
            with clock.at(moment):
                step(story, day)


def _night(story: Story, _day: date) -> None:
    """The nightly job writes down which awards time has posted."""
    while transact(_settle, story.village.id):
        pass


def _settle(session: Session, community_id: int, *, now: datetime) -> int:
    return settle(session, community_id, now=now)


def _budget(story: Story, day: date) -> None:
    ago = (story.today - day).days
    if ago in (28, 56):
        grant(story.village, 1200, "每户每月 10 分，共 120 户")
    if ago in (14, 42):
        grant(story.village, 900, "村集体经济收益，村民代表会议通过")
    if ago == 21:
        restock(story)


def _sitting(story: Story, day: date) -> None:
    if day in story.session_days:
        _session(story, day)
        _supervisor(story, day)


def _evening(story: Story, day: date) -> None:
    """What was done today is reported tonight: villagers for themselves, grid workers for those who came along.

    Not today: at whatever hour the demo is loaded, the visitor finds the dozen of this morning.
    """
    if day == story.today:
        return
    rng, village = story.village.rng, story.village
    gap = (story.today - max(story.session_days)).days
    most = -(-WAITING_TODAY // gap) if day >= max(story.session_days) else 30
    filed = 0
    for _ in range(min(most, rng.randint(6, 10))):
        rule = rng.choices(list(SELF_REPORTS), weights=(6, 8, 5, 4, 3, 3, 4, 0.4, 0.3))[0]
        person = rng.choice(story.regulars if rng.random() < 0.12 else village.adults)
        filed += _report(story, person, rule, day, (person.id,), rng.choice(SELF_REPORTS[rule]))
    if day == max(story.session_days) - timedelta(days=1):
        for person in rng.sample(village.adults, 2):  # the second level has something to confirm today
            filed += _report(
                story, person, SECOND_LEVEL, day, (person.id,), rng.choice(SELF_REPORTS[SECOND_LEVEL])
            )
    for rule, weekday, many, note in ACTIVITIES:
        if (weekday is None or weekday == day.weekday()) and filed < most:
            worker = rng.choice(village.roles["grid_worker"])
            people = rng.sample(village.adults, min(many, most - filed))
            filed += _report(story, worker, rule, day, tuple(person.id for person in people), note)


def _report(
    story: Story, reporter: MemberBrief, rule: str, day: date, members: tuple[uuid.UUID, ...], note: str
) -> int:
    village = story.village
    evidence: tuple[uuid.UUID, ...] = ()
    if story.photos.get(rule) or village.rng.random() < 0.08:
        evidence = (keep_photo(village.id, reporter.id, paint_scene(village.rng)),)
    hours = village.rng.randint(2, 3) if rule == "VOL-01" else 1
    command = FileRecord(
        village.id, reporter.id, village.key(), rule, day, members, None, hours, note, evidence
    )
    done = story.do("reports", file_record, command)
    return len(done.records) if done else 0


def _session(story: Story, day: date) -> None:
    village, rng = story.village, story.village.rng
    start = at(day, 8, 30)
    with clock.at(start):
        session_id = story.do(
            "sessions", call_session, CallSession(village.id, village.chair.id, village.key(), start)
        )
        if session_id is None or not story.do(
            "opened", open_session, OpenSession(village.id, village.chair.id, session_id)
        ):
            return
        present = [village.chair, *rng.sample(village.roles["reviewer"], rng.choice((3, 4, 4)))]
        for judge in present[1:]:
            transact(join_session, JoinSession(village.id, judge.id, session_id))
        agenda = agenda_for(db.session(), village.id, session_id, None, now=clock.now())
        db.session.rollback()
    with clock.at(start + timedelta(minutes=9)):
        for item in agenda:
            _vote(story, session_id, item, present)
    with clock.at(start + timedelta(minutes=21)):
        story.do("closed", close_session, CloseSession(village.id, village.chair.id, session_id))


def _vote(story: Story, session_id: uuid.UUID, item: ItemView, present: list[MemberBrief]) -> None:
    """Most deeds are plain; some are doubted; the recused are refused by the operation itself."""
    rng, village = story.village.rng, story.village
    if item.block == "consent":
        if rng.random() > 0.02:
            return
        story.do("questioned", question_item,
                 QuestionItem(village.id, rng.choice(present).id, session_id, item.record.id))  # fmt: skip
    doubtful = rng.random() < 0.05
    for judge in present:
        draw = rng.random()
        if draw < (0.7 if doubtful else 0.03):
            choice = ("reject", None, rng.choice(REJECT_REASONS))
        elif draw > 0.97:
            choice = ("abstain", None, "")
        else:
            points = item.record.points + rng.choice((-1, 0, 0, 0, 1, 1))
            choice = ("approve", min(item.most, max(item.least, points)), "")
        story.do(
            "ballots", cast_ballot, CastBallot(village.id, judge.id, session_id, item.record.id, *choice)
        )


def _supervisor(story: Story, day: date) -> None:
    village = story.village
    if day == max(story.session_days):
        return  # today's visitor finds something to confirm
    with clock.at(at(day, 9, 30)):
        waiting = waiting_for_second_level(db.session(), village.id, now=clock.now())
        db.session.rollback()
        for item in waiting:
            supervisor = village.roles["supervisor"][0].id
            confirm = ConfirmDecision(village.id, supervisor, item.id, True, "核对过记录，属实")
            story.do("confirmed", confirm_decision, confirm)


def _reminders(story: Story, day: date) -> None:
    """Two villagers were reminded of a duty they stayed away from; one of them again, and may explain now."""
    village, ago = story.village, (story.today - day).days
    worker = village.people["19900007056"]
    busy = {person.id for people in (*village.roles.values(), story.regulars) for person in people}
    late = [person for person in village.adults if person.id not in busy][40:42]
    for number, person in enumerate({30: late, 3: late[:1]}.get(ago, [])):
        story.do("reminders", open_case,
                 OpenCase(village.id, worker.id, f"demo-reminder-{ago}-{number}", "DED-05", person.id, day,
                          "报名晚上值守，没有来，也没有说一声"))  # fmt: skip


def _orders(story: Story, day: date) -> None:
    """Households with points order what they can pay for."""
    village, rng = story.village, story.village.rng
    if (story.today - day).days > DAYS - 5:
        return
    shop_id = village.shops[SHOP]
    items = items_at(db.session(), village.id, shop_id, now=clock.now())
    goods = [item for item in items if item.available > 0]
    placed = 0
    regulars = list(story.regulars) if (story.today - day).days in (0, 1, 16, 33) else []
    for person in [*regulars, *rng.sample(village.adults, 60)]:
        if (
            person.household_id in {regular.household_id for regular in story.regulars}
            and person not in regulars
        ):
            continue
        if placed >= rng.randint(4, 7):
            break
        account_id = _wallet_id(village.id, person)
        points = wallet(db.session(), village.id, account_id, now=clock.now(), today=day).view.available
        choices = [item for item in goods if 3 <= item.points <= min(points, 30)]
        if not choices:
            continue
        item = rng.choice(choices)
        order = story.do("orders", place_order,
                         PlaceOrder(village.id, person.id, village.key(), shop_id, (Wanted(item.id, 1),)))  # fmt: skip
        if order is None:
            continue
        placed += 1
        if rng.random() < 0.05:
            story.do("cancelled", cancel_order, CancelOrder(village.id, person.id, order.id))
        elif rng.random() > 0.03:
            story.waiting.append((order.code, order.id, day))
    db.session.rollback()


def _wallet_id(community_id: int, person: MemberBrief) -> uuid.UUID:
    found = account_id_of(db.session(), community_id, "household", person.household_id)
    assert found is not None
    return found


def _counter(story: Story, day: date) -> None:
    """Yesterday's orders are collected; those of the last two days mostly wait."""
    village = story.village
    staff = village.roles["shop_staff"][0].id
    late = (story.today - day).days <= 1
    keep = story.waiting[-5:] if late else []
    for code, order_id, placed_on in story.waiting:
        if (code, order_id, placed_on) not in keep:
            redeem = RedeemCode(village.id, staff, village.shops[SHOP], "demo-counter", code, village.key())
            story.do("redeemed", redeem_code, redeem)
    story.waiting = keep
