"""Orders that wait at the counter: one for each redemption, held and set aside as ``place_order`` would have done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from random import Random

import sqlalchemy as sa
from flask import Flask

from app.database import db
from app.identity.tokens import IssueToken, issue_token
from app.transaction import transact
from bench.load import Request
from bench.seed import Seeder, set_sums_right
from bench.village import GRANTS, MEMBERS_OF_HOUSEHOLD, Village
from points.codes import ALPHABET, LENGTH, check_character

POINTS = 3  # two lines, of one point and of two
# Codes and token hashes of the orders and staff of plain SQL: it can write them down itself, by their number.
PLAIN_CODE = "'1000000' || CAST(100000000000000 + {n} AS TEXT)"
PLAIN_HASH = "'" + "0" * 54 + "' || CAST(1000000000 + {n} AS TEXT)"


@dataclass(frozen=True)
class Orders:
    """Order ``n`` waits at shop ``n % shops``: the first ones under ``codes[n]``, ``plain`` more under PLAIN_CODE.

    ``tokens`` are the bearer tokens of each shop's staff.
    """

    village: Village
    codes: tuple[str, ...]
    plain: int
    tokens: tuple[str, ...]


# Each wallet gets, by one award, what all its orders take, and a thousand points more.
OPENING = """
INSERT INTO transfer (community_id, id, kind, debit_account_id, credit_account_id, amount, code, points_expire_on,
  recorded_at, effective_at, debit_seq, credit_seq)
SELECT :community, {opening: n}, 'posted', :budget, {wallet: n}, 1000 + :points * (:orders / :households + 1), 'award',
  :ends, :before, :before, :grants + n + 1, 1 FROM {series}"""
LOTS = """
INSERT INTO lot (community_id, id, account_id, expires_on, points)
SELECT :community, {lot: n}, a.id, :ends, a.credits_posted - a.debits_posted - a.debits_pending FROM {series}
JOIN account a ON a.community_id = :community AND a.id = {wallet: n}"""
# The first twenty of the catalogue are goods; what follows would ask the till for vouchers as well.
GOODS = """(SELECT id, row_number() OVER (ORDER BY code) - 1 AS number FROM item WHERE community_id = :community) AS i"""
ROWS = (
    """INSERT INTO transfer (community_id, id, kind, debit_account_id, credit_account_id, amount, code, expires_at,
         ref_kind, ref_id, actor_id, recorded_at, effective_at)
       SELECT :community, {hold: n}, 'pending', {wallet: n % :households}, {shop_account: n % :shops}, :points, 'order',
         :expires, 'order', {order: n}, {member: n % :households * :each}, :at, :at FROM {series}""",
    """INSERT INTO open_pending (community_id, id, debit_account_id, credit_account_id, amount, code, expires_at)
       SELECT :community, {hold: n}, {wallet: n % :households}, {shop_account: n % :shops}, :points, 'order', :expires
       FROM {series}""",
    """INSERT INTO lot_use (community_id, id, transfer_id, expires_on, points)
       SELECT :community, {use: n}, {hold: n}, :ends, :points FROM {series}""",
    f"""INSERT INTO shop_order (community_id, id, shop_id, household_id, member_id, wallet_id, shop_account_id,
         transfer_id, way, token, points, state, placed_at, expires_at, request_key)
       SELECT :community, {{order: s.n}}, {{shop: s.n % :shops}}, {{household: s.n % :households}},
         {{member: s.n % :households * :each}}, {{wallet: s.n % :households}}, {{shop_account: s.n % :shops}},
         {{hold: s.n}}, 'ahead', COALESCE(c.code, {PLAIN_CODE.format(n="s.n")}), :points, 'placed', :at, :expires,
         CAST(s.n AS TEXT) FROM {{series}} LEFT JOIN bench_code c ON c.n = s.n""",
    f"""INSERT INTO order_line (community_id, id, order_id, item_id, quantity, points_each)
       SELECT :community, {{line: n}}, {{order: n}}, i.id, 1, 1 FROM {{series}} JOIN {GOODS} ON i.number = n % 10""",
    f"""INSERT INTO order_line (community_id, id, order_id, item_id, quantity, points_each)
       SELECT :community, {{second_line: n}}, {{order: n}}, i.id, 1, 2 FROM {{series}}
       JOIN {GOODS} ON i.number = 10 + n % 10""",
)
SHELVES = """
UPDATE stock SET held = lines.pieces FROM (
  SELECT o.shop_id, l.item_id, sum(l.quantity) AS pieces FROM order_line l
  JOIN shop_order o ON o.community_id = l.community_id AND o.id = l.order_id
  WHERE l.community_id = :community GROUP BY o.shop_id, l.item_id) AS lines
WHERE stock.community_id = :community AND stock.shop_id = lines.shop_id AND stock.item_id = lines.item_id"""
PLAIN_STAFF = f"""
INSERT INTO api_token (token_hash, community_id, member_id, epoch, device, created_at, expires_at)
SELECT {PLAIN_HASH.format(n="n")}, :community, {{member: n * :each % :members}}, 1, 'plain SQL', :at, :expires FROM {{series}}"""

code_table = sa.Table(
    "bench_code", sa.MetaData(), sa.Column("n", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("code", sa.Text),
)  # fmt: skip


def seed_orders(site: Flask, village: Village, *, scanned: int, plain: int) -> Orders:
    """``scanned`` orders for the till over HTTP and ``plain`` ones for the same in plain SQL, all of two lines."""
    rng = Random(20260101)
    codes = tuple(a_code(rng) for _ in range(scanned))
    orders = scanned + plain
    values = _values(village, orders)
    with site.app_context():
        with Seeder(db.engine) as seeder:
            seeder.make(code_table, [{"n": n, "code": code} for n, code in enumerate(codes)])
            seeder.run(OPENING, count=village.households, **values)
            for statement in ROWS:
                seeder.run(statement, count=orders, **values)
            seeder.run(SHELVES, **values)
            set_sums_right(seeder, village.id)
            seeder.run(LOTS, count=village.households, **values)
            seeder.run(PLAIN_STAFF, count=village.shops, **values)
        seeder.analyze()
        tokens = tuple(
            transact(issue_token, IssueToken(village.id, village.staff(shop), 1, f"counter {shop}")).token
            for shop in range(village.shops)
        )
    return Orders(village, codes, plain, tokens)


def _values(village: Village, orders: int) -> dict[str, object]:
    now = village.now
    return {
        "community": village.id, "budget": village.budget_id, "households": village.households, "shops": village.shops,
        "members": village.members, "each": MEMBERS_OF_HOUSEHOLD, "orders": orders, "points": POINTS, "grants": GRANTS,
        "at": now, "before": now - timedelta(days=1), "expires": now + timedelta(days=7),
        "ends": (now + timedelta(days=700)).date(),
    }  # fmt: skip


def a_code(rng: Random) -> str:
    """A well-formed code."""
    body = "".join(rng.choices(ALPHABET, k=LENGTH - 1))
    return body + check_character(body)


def redeem_request(orders: Orders, n: int) -> Request:
    """The scan of order ``n``, by the staff of its shop, under a nonce of its own."""
    token = orders.tokens[n % orders.village.shops]
    return Request(
        "/api/v1/redemptions", "POST", {"Authorization": f"Bearer {token}"},
        {"code": orders.codes[n], "nonce": f"scan-{n:08d}"},
    )  # fmt: skip
