"""Shop and village settle: what a statement says is what the ledger moved, to the point, now and at any later date."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.database import db
from points.base import new_id
from points.errors import DomainError
from points.ledger.models import Account
from points.ledger.operations import account_id_of, make_transfer, open_account
from points.ledger.results import NewTransfer
from points.people.models import Community, Member
from shop.catalogue.models import Shop
from shop.catalogue.operations import OpenShop, open_shop
from shop.settlement.funds import ConfirmFunds, EnterFunds, confirm_funds, enter_funds, fund_lines, funds_fen
from shop.settlement.operations import (
    DrawStatement,
    SetUnitValue,
    SignStatement,
    draw_statement,
    set_unit_value,
    sign_statement,
)
from shop.settlement.policy import digest_of, lines_of
from shop.settlement.queries import is_still_the_same, statement_by_id, statements_of
from tests.shop.till import Till, given_till, sold

PARTNER = new_id()


def worth(till: Till, fen: int = 20) -> None:
    """Somebody says what a point is worth."""
    till.run(set_unit_value, SetUnitValue(till.community_id, till.people[0].id, fen, "村民代表会议"))


def draw(till: Till, until: datetime | None = None):
    """A statement of the till's shop, or the code of the refusal."""
    try:
        return till.run(
            draw_statement,
            DrawStatement(till.community_id, till.people[0].id, till.shop_id, until or till.now),
        )
    except DomainError as refusal:
        return refusal.code


def sign(till: Till, statement_id, person, side: str):
    """A signature, or the code of the refusal."""
    try:
        return till.run(sign_statement, SignStatement(till.community_id, person.id, statement_id, side))
    except DomainError as refusal:
        return refusal.code


def read(till: Till, statement_id):
    """A statement as it is read later, its parts, and whether adding up again finds the same."""
    db.session.rollback()
    view, parts = statement_by_id(db.session(), till.community_id, statement_id)
    return view, parts, is_still_the_same(db.session(), till.community_id, view, parts)


def lines_in(parts) -> list[tuple[str, int, int]]:
    """The lines of all parts."""
    return [(line.kind, line.entries, line.points) for part in parts for line in part.lines]


def balance(till: Till, kind: str = "shop", owner=None) -> int:
    """Points on the account of the shop."""
    db.session.rollback()
    row = db.session.execute(
        sa.select(Account.credits_posted, Account.debits_posted).where(
            Account.community_id == till.community_id, Account.kind == kind, Account.owner_id == (owner or till.shop_id)
        )
    ).one_or_none()  # fmt: skip
    return row.credits_posted - row.debits_posted if row else 0


def move(till: Till, code: str, amount: int, *, back: bool = False, partner: bool = False) -> None:
    """An entry as other rooms write it: a refund, a deposit and its return, a voucher passed on, a correction."""

    def book(session, _command, *, now):
        here = account_id_of(session, till.community_id, "shop", till.shop_id)
        there = (
            open_account(session, till.community_id, "partner", PARTNER, now=now)
            if partner
            else till.wallet_id(till.people[0], session)
        )
        debit, credit = (here, there) if back else (there, here)
        make_transfer(
            session,
            NewTransfer(till.community_id, new_id(), code, debit_account_id=debit, credit_account_id=credit, amount=amount),
            now=now,
        )  # fmt: skip

    till.run(book, None)


def test_a_statement_is_signed_by_two_and_adds_up_the_same_for_ever(till: Till):
    assert draw(till) == "unit_value_missing"
    worth(till)
    nonce = sold(till, 0, 5)
    sold(till, 1, 3)
    till.annul(nonce)
    move(till, "refund", 1, back=True)
    till.wait(minutes=1)
    statement_id = draw(till)
    view, parts, same = read(till, statement_id)
    assert lines_in(parts) == [("redeemed", 2, 8), ("annulled", 1, -5), ("refunded", 1, -1)]
    assert (view.points, view.fen, same, view.is_closed) == (2, 40, True, False)
    assert draw(till) == "nothing_to_settle"
    staff, steward = till.staff, till.people[0]
    assert sign(till, statement_id, staff, "shop") == 1
    assert sign(till, statement_id, staff, "shop") == 1
    assert sign(till, statement_id, staff, "village") == "signed_by_same_person"
    assert sign(till, statement_id, steward, "shop") == "side_signed"
    assert sign(till, statement_id, steward, "village") == 2
    assert read(till, statement_id)[0].is_closed
    worth(till, 30)
    move(till, "refund", 2, back=True)  # a correction of older things falls into the next period
    till.wait(days=20)
    second = draw(till)
    later = read(till, second)[0]
    assert (later.first_seq, later.number) == (view.last_seq + 1, 2)
    assert (later.points, later.fen) == (-2, -60)
    assert read(till, statement_id)[0].fen == 40
    assert read(till, statement_id)[2]
    assert [one.number for one in statements_of(db.session(), till.community_id)] == [2, 1]


def test_a_period_ends_when_it_is_over_and_at_its_moment(till: Till):
    worth(till)
    sold(till, 0, 4)
    cut = till.now + timedelta(hours=1)
    assert draw(till, cut) == "period_not_over"
    till.wait(hours=2)
    sold(till, 1, 2)
    view, parts, _same = read(till, draw(till, cut))
    assert (view.points, view.until_at, lines_in(parts)) == (4, cut, [("redeemed", 1, 4)])
    till.wait(minutes=1)
    view, _lines, _same = read(till, draw(till))
    assert (view.points, view.from_at) == (2, cut)


def test_every_entry_is_worth_what_a_point_was_worth_when_it_was_recorded(till: Till):
    sold(till, 0, 3)  # before anybody had said: as was said first
    till.wait(hours=1)
    worth(till, 20)
    sold(till, 1, 4)
    till.wait(hours=1)
    cut = till.now
    till.wait(days=10)
    worth(till, 30)
    view, parts, same = read(till, draw(till, cut))
    assert (view.points, view.fen, [part.unit_value_fen for part in parts], same) == (7, 140, [20], True)
    till.wait(hours=1)
    sold(till, 0, 2)
    till.wait(hours=1)
    worth(till, 50)
    move(till, "refund", 1, back=True)
    sold(till, 1, 6)
    till.wait(hours=1)
    worth(till, 10)  # nobody came since
    view, parts, same = read(till, draw(till))
    assert [(part.first_seq, part.last_seq, part.unit_value_fen, part.points) for part in parts] == [
        (3, 3, 30, 2), (4, 5, 50, 5),
    ]  # fmt: skip
    assert (view.points, view.fen, same) == (7, 60 + 250, True)


def test_a_statement_keeps_the_names_of_its_day(till: Till):
    worth(till)
    sold(till, 0)
    till.wait(minutes=1)
    statement_id = draw(till)
    sign(till, statement_id, till.staff, "shop")
    name = till.staff.name
    for table, column in (
        (Shop, Shop.community_id),
        (Community, Community.id),
        (Member, Member.community_id),
    ):
        db.session.execute(sa.update(table).where(column == till.community_id).values(name="换了名字"))
    db.session.commit()
    view, _parts, same = read(till, statement_id)
    assert (view.village, view.shop, view.signed("shop").name, same) == ("till村", "村口店", name, True)


EXAMPLES = 40  # one after the other in one village: below eight seconds a database
ACTS = st.lists(
    st.tuples(
        st.sampled_from(
            ["sell", "sell", "annul", "refund", "voucher", "deposit", "return", "correct", "worth", "draw", "draw_earlier"]
        ),
        st.integers(1, 4),
    ),
    max_size=14,
)  # fmt: skip

# What other rooms book on the shop's account: the code, whether it leaves the account, whether to a partner.
OTHERS = {
    "refund": ("refund", True, False), "voucher": ("voucher", True, True), "deposit": ("deposit", False, False),
    "return": ("deposit", True, False), "correct": ("correction", False, False),
}  # fmt: skip


def history(till: Till, acts) -> None:
    """The movement of the account between two statements is the statement's net; all of them add up to the balance."""
    before = balance(till)
    last = max((one.last_seq for one in statements_of(db.session(), till.community_id)), default=0)
    scans, drawn = [], []
    for act, amount in [*acts, ("sell", 1), ("draw", 1)]:
        till.wait(minutes=1)
        if act == "sell":
            scans.append(sold(till, amount % 2, amount))
        elif act == "annul" and scans:
            with suppress(DomainError):  # too late to be undone
                till.annul(scans.pop())
        elif act in OTHERS:
            code, back, partner = OTHERS[act]
            move(till, code, amount, back=back, partner=partner)
        elif act == "worth":
            worth(till, 10 * amount)
        elif act.startswith("draw"):
            drawn.append(draw(till, till.now - timedelta(seconds=90 if act == "draw_earlier" else 0)))
    till.wait(minutes=1)
    drawn.append(draw(till))
    stands = 0
    for statement_id in drawn:
        if isinstance(statement_id, str):
            assert statement_id == "nothing_to_settle"
            continue
        view, parts, same = read(till, statement_id)
        assert same
        assert view.first_seq == last + 1
        assert view.points == sum(points for _kind, _entries, points in lines_in(parts))
        assert view.fen == sum(part.points * part.unit_value_fen for part in parts)
        last, stands = view.last_seq, stands + view.points
    assert stands == balance(till) - before


def test_all_statements_of_a_shop_add_up_to_its_account(session):
    till = given_till(households=2, points=40_000, pieces=40_000, goods=(("A03", 1, None, None),))
    worth(till)

    @settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
    @given(acts=ACTS)
    def story(acts) -> None:
        history(till, acts)

    story()


def test_a_partner_is_settled_by_its_own_account(till: Till):
    worth(till, 100)
    partner_id = till.run(open_shop, OpenShop(till.community_id, None, "老张理发店", "河东", ""))

    def pass_on(session, _command, *, now):
        here = account_id_of(session, till.community_id, "shop", till.shop_id)
        there = account_id_of(session, till.community_id, "shop", partner_id)
        new = NewTransfer(
            till.community_id, new_id(), "voucher", debit_account_id=here, credit_account_id=there, amount=3
        )
        make_transfer(session, new, now=now)

    sold(till, 0, 10)
    till.run(pass_on, None)
    till.wait(minutes=1)
    own = draw(till)
    theirs = till.run(
        draw_statement, DrawStatement(till.community_id, till.people[0].id, partner_id, till.now)
    )
    assert lines_in(read(till, own)[1]) == [("redeemed", 1, 10), ("vouchers_out", 1, -3)]
    assert lines_in(read(till, theirs)[1]) == [("vouchers_in", 1, 3)]


def test_a_statement_that_was_changed_is_seen(till: Till):
    lines = lines_of(
        [("redemption", True, 2, 8), ("refund", False, 1, 1), ("grant", True, 1, 4), ("cancel", False, 1, 4)]
    )
    assert [(line.kind, line.entries, line.points) for line in lines] == [
        ("redeemed", 2, 8), ("refunded", 1, -1), ("other", 2, 0),
    ]  # fmt: skip
    worth(till)
    sold(till, 0)
    till.wait(minutes=1)
    view, stored, _same = read(till, draw(till))
    (part,) = stored
    more = tuple(replace(line, points=line.points + 1) for line in part.lines)
    for wrong in (replace(part, lines=more), replace(part, unit_value_fen=21), replace(part, last_seq=2)):
        assert not is_still_the_same(db.session(), till.community_id, view, (wrong,))
        assert digest_of(view.heading, stored) == view.digest != digest_of(view.heading, (wrong,))
    for other in (
        replace(view, shop="别的店"),
        replace(view, village="别的村"),
        replace(view, until_at=till.now + timedelta(1)),
    ):
        assert not is_still_the_same(db.session(), till.community_id, other, stored)
    for table in ("settlement_statement", "settlement_line", "unit_value"):
        with pytest.raises(sa.exc.DBAPIError):
            db.session.execute(sa.text(f"DELETE FROM {table} WHERE community_id = {till.community_id}"))
        db.session.rollback()


def test_money_counts_when_a_second_person_has_confirmed_it(till: Till):
    steward, supervisor = till.people[:2]
    command = EnterFunds(till.community_id, steward.id, "funds-key-1", 50_000, "村集体", "十一月")
    entry_id = till.run(enter_funds, command)
    assert till.run(enter_funds, command) == entry_id
    assert funds_fen(db.session(), till.community_id) == 0
    db.session.rollback()
    with pytest.raises(DomainError, match="signed_by_same_person"):
        till.run(confirm_funds, ConfirmFunds(till.community_id, steward.id, entry_id))
    for _click in range(2):
        till.run(confirm_funds, ConfirmFunds(till.community_id, supervisor.id, entry_id))
    assert funds_fen(db.session(), till.community_id) == 50_000
    assert [(line.fen, line.confirmed_by) for line in fund_lines(db.session(), till.community_id)] == [
        (50_000, supervisor.name)
    ]
