"""On which day points end: oldest first, nothing ends under an open order, what comes back keeps its day."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from points.base import new_id
from points.errors import Conflict, Invalid
from points.ledger.corrections import ReverseTransfer, reverse_transfer
from points.ledger.lots import lots_of
from points.ledger.operations import close_account, expire_lots, settle
from points.ledger.policy import NEVER
from points.ledger.queries import entries_of
from points.ledger.results import NewTransfer
from tests.points.ledger.books import COMMUNITY, LATER, NEXT_YEAR, THIS_YEAR, Books

NEW_YEAR = datetime(2026, 12, 31, 16, 0, tzinfo=UTC)  # midnight in Shanghai


@pytest.fixture
def li(village: Books) -> Books:
    """Li has 10 points to the end of this year, 20 to the end of the next, 30 to the end of the one after."""
    for day, points in ((LATER, 30), (THIS_YEAR, 10), (NEXT_YEAR, 20)):
        village.create("budget", "li", points, points_expire_on=day)
    return village


def lots(books: Books, name: str = "li") -> list[tuple[date, int]]:
    """The lots as they are stored."""
    books.session.rollback()
    return lots_of(books.session, COMMUNITY, books.accounts[name])


def days(books: Books, name: str = "li") -> list[tuple[date, int]]:
    """The coming ends as the owner reads them."""
    return list(books.wallet(name).view.expiring)


def expire(books: Books, today: date, name: str = "li") -> int:
    """Runs the expiry of one wallet."""
    return books.transact(
        lambda session, wallet, *, now: expire_lots(session, COMMUNITY, wallet, today=today, now=now),
        books.accounts[name],
    )


def reverse(books: Books, original: NewTransfer, **more):
    """Books the counter-transfer."""
    more.setdefault("actor_id", new_id())
    return books.transact(
        reverse_transfer, ReverseTransfer(COMMUNITY, more.pop("id", None) or new_id(), original.id, **more)
    )


def test_every_coming_end_is_listed(li: Books):
    assert days(li) == [(THIS_YEAR, 10), (NEXT_YEAR, 20), (LATER, 30)]
    assert li.wallet("li").view.available == 60


def test_the_oldest_points_go_first(li: Books):
    li.create("li", "shop", 25, code="redemption")
    assert days(li) == [(NEXT_YEAR, 5), (LATER, 30)]


def test_points_without_an_end_go_last_and_are_in_no_list(li: Books):
    li.create("budget", "li", 5)
    assert days(li) == [(THIS_YEAR, 10), (NEXT_YEAR, 20), (LATER, 30)]
    li.create("li", "shop", 62)
    assert lots(li) == [(NEVER, 3)]


def test_a_cancelled_order_gives_the_same_days_back(li: Books):
    held = li.create("li", "shop", 25, kind="pending", code="order")
    assert days(li) == [(NEXT_YEAR, 5), (LATER, 30)]
    assert (li.wallet("li").view.available, li.wallet("li").view.held) == (35, 25)
    assert li.resolve("void", held, code="cancel") == "created"
    assert days(li) == [(THIS_YEAR, 10), (NEXT_YEAR, 20), (LATER, 30)]


def test_posting_less_than_was_held_returns_the_rest_on_its_days(li: Books):
    held = li.create("li", "shop", 25, kind="pending", code="order")
    assert li.resolve("post", held, 12, code="redemption") == "created"
    assert days(li) == [(NEXT_YEAR, 18), (LATER, 30)]
    assert li.wallet("li").view.available == 48
    assert li.balance("shop").credits_posted == 12


def test_points_under_an_open_order_do_not_end(li: Books):
    held = li.create("li", "shop", 10, kind="pending", code="order")
    li.wait(until=NEW_YEAR)
    assert expire(li, date(2027, 1, 1)) == 0
    assert li.resolve("post", held, code="redemption") == "created"
    assert days(li) == [(NEXT_YEAR, 20), (LATER, 30)]


def test_points_that_come_back_after_their_day_have_ended(li: Books):
    held = li.create("li", "shop", 10, kind="pending", code="order")
    li.wait(until=NEW_YEAR)
    assert li.resolve("void", held, code="cancel") == "created"
    assert li.wallet("li").view.available == 50
    assert expire(li, date(2027, 1, 1)) == 10


def test_expiry_moves_what_has_ended_to_the_account_expired_once(li: Books):
    assert expire(li, THIS_YEAR) == 0
    assert expire(li, date(2027, 1, 1)) == 10
    assert expire(li, date(2027, 1, 1)) == 0
    assert days(li) == [(NEXT_YEAR, 20), (LATER, 30)]
    line = entries_of(li.session, COMMUNITY, li.accounts["li"], rows=1)[0]
    assert (line.code, line.points) == ("expiry", -10)


def test_points_last_to_the_end_of_their_day_where_the_village_is(li: Books):
    li.wait(until=NEW_YEAR.replace(hour=15, minute=59))
    assert li.send(li.transfer("li", "shop", 60)) == "created"


def test_ended_points_cannot_be_spent_though_no_job_has_run(li: Books):
    li.wait(until=NEW_YEAR)
    assert li.wallet("li").view.available == 50
    assert li.send(li.transfer("li", "shop", 51)) == "exceeds_credits"
    assert li.send(li.transfer("li", "shop", 50)) == "created"
    assert li.balance("shop").credits_posted == 50
    assert lots(li) == []


def test_an_award_posts_by_itself_when_its_notice_ends(village: Books):
    award = village.create("budget", "li", 8, kind="pending", posts=3 * 86400, points_expire_on=NEXT_YEAR)
    ends = award.posts_at
    assert village.wallet("li").view.on_notice == 8
    village.wait(days=3)
    seen = village.wallet("li")
    assert (seen.view.available, seen.view.on_notice, seen.view.expiring) == (8, 0, ((NEXT_YEAR, 8),))
    assert [(line.points, line.seq, line.effective_at) for line in seen.matured] == [(8, None, ends)]
    assert village.balance("li").credits_posted == 8
    assert village.balance("budget").debits_posted == 8
    village.wait(days=5)
    village.create("li", "shop", 8, code="redemption")
    lines = entries_of(village.session, COMMUNITY, village.accounts["li"])
    assert [(line.code, line.points, line.effective_at) for line in lines] == [
        ("redemption", -8, village.now),
        ("award", 8, ends),
    ]
    assert village.wallet("li").matured == ()


def test_an_award_can_be_posted_before_its_time_and_keeps_its_day(village: Books):
    award = village.create("budget", "li", 8, kind="pending", posts=86400, points_expire_on=NEXT_YEAR)
    assert village.resolve("post", award) == "created"
    assert days(village) == [(NEXT_YEAR, 8)]


def test_an_award_is_voided_before_its_time_and_never_after(village: Books):
    first = village.create("budget", "li", 8, kind="pending", posts=60)
    second = village.create("budget", "li", 9, kind="pending", posts=60)
    assert village.resolve("void", first, code="objection") == "created"
    village.wait(60)
    assert village.resolve("void", second, code="objection") == "pending_transfer_already_posted"
    assert village.wallet("li").view.available == 9


def test_a_lapsed_hold_returns_by_itself(li: Books):
    li.create("li", "shop", 60, kind="pending", code="order", expires=60)
    assert (li.wallet("li").view.available, li.wallet("li").view.held) == (0, 60)
    li.wait(60)
    assert (li.wallet("li").view.available, li.wallet("li").view.held) == (60, 0)
    assert days(li) == [(THIS_YEAR, 10), (NEXT_YEAR, 20), (LATER, 30)]
    assert li.send(li.transfer("li", "shop", 60)) == "created"


def test_settling_many_at_once_is_the_same_as_one_by_one(village: Books):
    for points in range(1, 6):
        village.create("budget", "li", points, kind="pending", posts=60 - points, points_expire_on=NEXT_YEAR)
        village.create("budget", "wang", points, kind="pending", posts=60, points_expire_on=LATER)
    village.create("budget", "wang", 50)
    village.create("wang", "shop", 20, kind="pending", expires=30, code="order")
    village.wait(60)
    before = [village.balance(name) for name in village.accounts], days(village), days(village, "wang")
    settled = village.transact(lambda session, number, *, now: settle(session, number, now=now), COMMUNITY)
    assert settled == 11
    assert (
        [village.balance(name) for name in village.accounts],
        days(village),
        days(village, "wang"),
    ) == before
    lines = entries_of(village.session, COMMUNITY, village.accounts["li"])
    assert [line.points for line in lines] == [1, 2, 3, 4, 5]
    assert village.transact(lambda session, number, *, now: settle(session, number, now=now), COMMUNITY) == 0


def test_a_settling_with_a_limit_goes_on_where_it_stopped(village: Books):
    for _ in range(5):
        village.create("budget", "li", 1, kind="pending", posts=1)
    village.wait(1)
    some = [
        village.transact(lambda session, number, *, now: settle(session, number, now=now, limit=2), COMMUNITY)
        for _ in range(4)
    ]
    assert some == [2, 2, 1, 0]


def test_a_reversed_redemption_gives_the_days_back(li: Books):
    held = li.create("li", "shop", 25, kind="pending", code="order")
    post = li.transfer(kind="post", pending_id=held.id, code="redemption")
    assert li.send(post) == "created"
    assert days(li) == [(NEXT_YEAR, 5), (LATER, 30)]
    assert reverse(li, post, code="annul").amount == 25
    assert days(li) == [(THIS_YEAR, 10), (NEXT_YEAR, 20), (LATER, 30)]
    assert li.balance("shop").available == 0


def test_a_reversed_part_of_an_order_gives_only_that_part_back(li: Books):
    held = li.create("li", "shop", 25, kind="pending", code="order")
    post = li.transfer(amount=12, kind="post", pending_id=held.id, code="redemption")
    assert li.send(post) == "created"
    reverse(li, post)
    assert days(li) == [(THIS_YEAR, 10), (NEXT_YEAR, 20), (LATER, 30)]


def test_a_transfer_is_reversed_once_and_the_same_request_again_is_a_repeat(li: Books):
    spent = li.create("li", "shop", 25, code="redemption")
    key = new_id()
    assert reverse(li, spent, id=key) == reverse(li, spent, id=key)
    with pytest.raises(Conflict, match="transfer_already_reversed"):
        reverse(li, spent)


def test_an_award_that_is_taken_back_leaves_the_other_points_as_they_were(village: Books):
    village.create("budget", "li", 10, points_expire_on=THIS_YEAR)
    wrong = village.create("budget", "li", 20, points_expire_on=NEXT_YEAR)
    reverse(village, wrong)
    assert days(village) == [(THIS_YEAR, 10)]
    assert village.balance("budget").available == 990


def test_what_was_spent_already_is_taken_back_only_by_two_persons_with_a_reason(village: Books):
    wrong = village.create("budget", "li", 20, points_expire_on=NEXT_YEAR)
    village.create("li", "shop", 15)
    first, second = new_id(), new_id()
    with pytest.raises(Conflict, match="reversal_would_overdraw"):
        reverse(village, wrong)
    with pytest.raises(Invalid, match="second_person_needed"):
        reverse(village, wrong, actor_id=first, second_actor_id=first, reason="误记")
    with pytest.raises(Invalid, match="reason_needed"):
        reverse(village, wrong, actor_id=first, second_actor_id=second)
    done = reverse(village, wrong, actor_id=first, second_actor_id=second, reason="误记")
    assert (done.amount, done.shortfall) == (5, 15)
    assert village.balance("li").available == 0


def test_only_posted_transfers_are_reversed(li: Books):
    held = li.create("li", "shop", 25, kind="pending", code="order")
    with pytest.raises(Conflict, match="transfer_not_posted"):
        reverse(li, held)


def test_points_given_to_another_wallet_keep_their_days(li: Books):
    li.create("li", "wang", 25, code="gift")
    assert days(li, "wang") == [(THIS_YEAR, 10), (NEXT_YEAR, 15)]
    li.create("li", "wang", 10, kind="pending", code="gift", posts=60)
    li.wait(60)
    assert days(li, "wang") == [(THIS_YEAR, 10), (NEXT_YEAR, 20), (LATER, 5)]
    li.create("wang", "shop", 1)
    assert days(li, "wang") == [(THIS_YEAR, 9), (NEXT_YEAR, 20), (LATER, 5)]
    assert days(li) == [(LATER, 25)]


def test_a_closed_account_takes_no_points_and_its_awards_wait_to_be_voided(village: Books):
    village.create("budget", "li", 5)
    award = village.create("budget", "li", 8, kind="pending", posts=60)
    village.transact(
        lambda session, account, *, now: close_account(session, COMMUNITY, account, now=now),
        village.accounts["li"],
    )
    assert village.send(village.transfer("budget", "li", 1)) == "credit_account_closed"
    assert village.send(village.transfer("li", "shop", 1)) == "debit_account_closed"
    assert village.resolve("post", award) == "credit_account_closed"
    village.wait(120)
    assert (village.wallet("li").view.available, village.wallet("li").view.on_notice) == (5, 8)
    assert village.resolve("void", award, code="objection") == "created"
    assert village.balance("budget").available == 995


def test_a_statement_is_read_page_by_page(village: Books):
    for points in range(1, 8):
        village.create("budget", "li", points)
    first = entries_of(village.session, COMMUNITY, village.accounts["li"], rows=4)
    rest = entries_of(village.session, COMMUNITY, village.accounts["li"], before=first[-1].seq, rows=4)
    assert [line.points for line in first + rest] == [7, 6, 5, 4, 3, 2, 1]
    assert entries_of(village.session, COMMUNITY, village.accounts["li"], before=rest[-1].seq) == []
