"""Three hundred days of a community on PostgreSQL: twenty entries for each household, fifteen awards and five orders.

Entry ``k`` (1 to 20) of household ``h`` is the ``t``-th of the community, ``t = (k - 1) * households + h``; every fourth
is a redemption, the others are awards. With 250,000 households that makes ten million transfers, since each entry is a
pending transfer and the one that posts it.
"""

from __future__ import annotations

from datetime import date, timedelta

from flask import Flask

from app.database import db
from bench.seed import Seeder, set_sums_right
from bench.village import GRANTS, MEMBERS_OF_HOUSEHOLD, Village

DAYS, NOTICE_DAYS = 300, 3
AWARDS, REDEMPTIONS = 15, 5
AWARD, PRICE = 4, 3
WAITING = 100  # households with one more award on notice and one more order at the counter

# a: number of the award, r: of the order; both are counted through the rounds, a household once in each.
_AWARD = """(SELECT a, a / :households AS j, a % :households AS h,
    a / :households + a / :households / 3 + 1 AS k,
    (a / :households + a / :households / 3) * :households + a % :households AS t
  FROM generate_series(0, CAST(:awards AS bigint) - 1) AS a) AS s"""
_ORDER = """(SELECT r, r / :households AS j, r % :households AS h, 4 * (r / :households + 1) AS k,
    (4 * (r / :households) + 3) * :households + r % :households AS t
  FROM generate_series(0, CAST(:orders AS bigint) - 1) AS r) AS s"""
_NEW_AWARD = "(SELECT :awards + h AS a, h FROM generate_series(0, CAST(:waiting AS bigint) - 1) AS h) AS s"
_NEW_ORDER = "(SELECT :orders + h AS r, h FROM generate_series(0, CAST(:waiting AS bigint) - 1) AS h) AS s"
_AT = "CAST(:start AS timestamptz) + s.t * CAST(:step AS interval)"
_POSTED = f"{_AT} + CAST(:notice AS interval)"
_NOW = "CAST(:now AS timestamptz)"


def _record(source: str, at: str) -> str:
    return f"""INSERT INTO record (community_id, id, rule_item_id, rule_code, household_id, member_id, reporter_id, done_on,
      quantity, expected_points, note, state, filed_at, request_key)
    SELECT :community, {{record: s.a}}, :rule, 'AID-02', {{household: s.h}}, {{member: s.h * :each + s.a % :each}},
      {{member: s.h * :each}}, CAST({at} AS date), 1, :award, '', 'on_notice', {at}, 'bench-' || s.a FROM {source}"""


def _item(source: str, at: str) -> str:
    return f"""INSERT INTO agenda_item (community_id, id, session_id, record_id, position, block, outcome, points, votes_for,
      votes_against, votes_abstained, recused, present, quorum, decided_at)
    SELECT :community, {{item: s.a}}, {{session: s.a / 200}}, {{record: s.a}}, s.a % 200 + 1, 'vote', 'approved', :award,
      3, 0, 1, 0, 4, 3, {at} FROM {source}"""


def _notice(source: str, at: str) -> str:
    return f"""INSERT INTO notice (community_id, id, record_id, item_id, transfer_id, household_id, masked_name, score, points,
      rule_code, rule_version, rule_zh, rule_en, done_on, votes_for, votes_against, votes_abstained, by_consent, state,
      published_at, ends_at)
    SELECT :community, {{notice: s.a}}, {{record: s.a}}, {{item: s.a}}, {{award: s.a}}, {{household: s.h}}, '村*' || s.a % 10,
      'redeemable', :award, 'AID-02', 1, '看望、照料独居老人', 'Visiting an elder who lives alone', CAST({at} AS date), 3, 0,
      1, false, 'on_notice', {at}, {at} + CAST(:notice AS interval) FROM {source}"""


def _award(source: str, at: str) -> str:
    return f"""INSERT INTO transfer (community_id, id, kind, debit_account_id, credit_account_id, amount, code, posts_at,
      points_expire_on, ref_kind, ref_id, done_on, recorded_at, effective_at)
    SELECT :community, {{award: s.a}}, 'pending', :budget, {{wallet: s.h}}, :award, 'award', {at} + CAST(:notice AS interval),
      :later, 'record', {{record: s.a}}, CAST({at} AS date), {at}, {at} FROM {source}"""


def _hold(source: str, at: str) -> str:
    return f"""INSERT INTO transfer (community_id, id, kind, debit_account_id, credit_account_id, amount, code, expires_at,
      ref_kind, ref_id, actor_id, recorded_at, effective_at)
    SELECT :community, {{hold: s.r}}, 'pending', {{wallet: s.h}}, {{shop_account: s.h % :shops}}, :price, 'order',
      {at} + CAST(:kept AS interval), 'order', {{order: s.r}}, {{member: s.h * :each}}, {at}, {at} FROM {source}"""


def _use(source: str) -> str:
    return f"""INSERT INTO lot_use (community_id, id, transfer_id, expires_on, points)
    SELECT :community, {{use: s.r}}, {{hold: s.r}}, :sooner, :price FROM {source}"""


def _order(source: str, at: str, state: str, ended: str) -> str:
    return f"""INSERT INTO shop_order (community_id, id, shop_id, household_id, member_id, wallet_id, shop_account_id,
      transfer_id, way, token, points, state, placed_at, expires_at, ended_at, request_key)
    SELECT :community, {{order: s.r}}, {{shop: s.h % :shops}}, {{household: s.h}}, {{member: s.h * :each}}, {{wallet: s.h}},
      {{shop_account: s.h % :shops}}, {{hold: s.r}}, 'ahead', 'BENCH' || lpad(CAST(s.r AS text), 17, '0'), :price, '{state}',
      {at}, {at} + CAST(:kept AS interval), {ended}, 'bench-' || s.r FROM {source}"""


def _line(source: str) -> str:
    return f"""INSERT INTO order_line (community_id, id, order_id, item_id, quantity, points_each)
    SELECT :community, {{line: s.r}}, {{order: s.r}}, i.id, 1, :price FROM {source}
    JOIN (SELECT id, row_number() OVER (ORDER BY code) - 1 AS number FROM item WHERE community_id = :community) AS i
      ON i.number = s.r % 32"""


POST_AWARD = f"""INSERT INTO transfer (community_id, id, kind, debit_account_id, credit_account_id, amount, code, pending_id,
    points_expire_on, ref_kind, ref_id, done_on, recorded_at, effective_at, debit_seq, credit_seq)
  SELECT :community, {{post: s.t}}, 'post', :budget, {{wallet: s.h}}, :award, 'award', {{award: s.a}}, :later, 'record',
    {{record: s.a}}, CAST({_AT} AS date), {_POSTED}, {_POSTED}, :grants + s.a + 1, s.k FROM {_AWARD}"""
POST_ORDER = f"""INSERT INTO transfer (community_id, id, kind, debit_account_id, credit_account_id, amount, code, pending_id,
    ref_kind, ref_id, actor_id, recorded_at, effective_at, debit_seq, credit_seq)
  SELECT :community, {{post: s.t}}, 'post', {{wallet: s.h}}, {{shop_account: s.h % :shops}}, :price, 'redemption', {{hold: s.r}},
    'order', {{order: s.r}}, {{member: s.h * :each}}, {_POSTED}, {_POSTED}, s.k,
    s.j * (:households / :shops) + s.h / :shops + 1 FROM {_ORDER}"""
REDEEM = f"""INSERT INTO redemption (community_id, id, nonce, fingerprint, device, shop_id, staff_id, order_id, status, points,
    transfer_id, is_offline, force_sent, forced, force_reason, answer, scanned_at, recorded_at)
  SELECT :community, {{redemption: s.r}}, 'bench-' || s.r, 'bench', 'counter', {{shop: s.h % :shops}},
    {{member: s.h % :shops * :each}}, {{order: s.r}}, 'ok', :price, {{post: s.t}}, false, false, false, '',
    '{{"status": "ok"}}', {_POSTED}, {_POSTED} FROM {_ORDER}"""
SESSIONS = """INSERT INTO review_session (community_id, id, kind, body, lasts_minutes, scheduled_for, chair_id, state, secrecy,
    roll_call_token, current_position, opened_at, closes_at, closed_at, revision, request_key)
  SELECT :community, {session: n}, 'live', 'review', 240, :start, {member: 0}, 'closed', 'open', 'BENCH' || n, 1, :start, :now,
    :now, 1, 'bench-' || n
  FROM generate_series(0, CAST((:awards + :waiting) / 200 AS bigint)) AS n"""
OPEN = (
    """INSERT INTO open_pending (community_id, id, debit_account_id, credit_account_id, amount, code, posts_at)
       SELECT community_id, id, debit_account_id, credit_account_id, amount, code, posts_at FROM transfer
       WHERE community_id = :community AND kind = 'pending' AND posts_at > :now""",
    """INSERT INTO open_pending (community_id, id, debit_account_id, credit_account_id, amount, code, expires_at)
       SELECT community_id, id, debit_account_id, credit_account_id, amount, code, expires_at FROM transfer t
       WHERE community_id = :community AND kind = 'pending' AND expires_at > :now
         AND NOT EXISTS (SELECT 1 FROM transfer WHERE community_id = :community AND pending_id = t.id)""",
)
LOTS = """INSERT INTO lot (community_id, id, account_id, expires_on, points)
  SELECT :community, CASE part WHEN 0 THEN {lot: n} ELSE {award: n} END, a.id, CASE part WHEN 0 THEN :sooner ELSE :later END,
    CASE part WHEN 0 THEN 5 ELSE a.credits_posted - a.debits_posted - a.debits_pending - 5 END
  FROM generate_series(0, CAST(:households AS bigint) - 1) AS n CROSS JOIN (VALUES (0), (1)) AS parts (part)
  JOIN account a ON a.community_id = :community AND a.id = {wallet: n}"""

FILLED = ["record", "agenda_item", "notice", "transfer", "lot_use", "shop_order", "order_line", "redemption"]
STATEMENTS = (
    SESSIONS,
    *(make(_AWARD, _AT) for make in (_record, _item, _notice, _award)),
    *(make(_NEW_AWARD, _NOW) for make in (_record, _item, _notice, _award)),
    POST_AWARD,
    _hold(_ORDER, _AT), _hold(_NEW_ORDER, _NOW), POST_ORDER,
    _use(_ORDER), _use(_NEW_ORDER),
    _order(_ORDER, _AT, "collected", _POSTED), _order(_NEW_ORDER, _NOW, "placed", "NULL"),
    _line(_ORDER), _line(_NEW_ORDER),
    REDEEM,
)  # fmt: skip


def seed_history(site: Flask, village: Village) -> None:
    """Everything that happened, then the balances, and what the planner should know."""
    values = _values(village)
    with site.app_context():
        with Seeder(db.engine) as seeder:
            seeder.without_indexes(
                FILLED, lambda: [seeder.run(statement, **values) for statement in STATEMENTS]
            )
            seeder.analyze_table("transfer")
            for statement in OPEN:
                seeder.run(statement, **values)
            set_sums_right(seeder, village.id)
            seeder.run(LOTS, **values)
        seeder.analyze()


def _values(village: Village) -> dict[str, object]:
    households = village.households
    start = village.now - timedelta(days=DAYS + NOTICE_DAYS + 1)
    return {
        "community": village.id, "budget": village.budget_id, "rule": village.rule, "households": households,
        "shops": village.shops, "each": MEMBERS_OF_HOUSEHOLD, "grants": GRANTS, "waiting": WAITING, "award": AWARD,
        "price": PRICE, "awards": AWARDS * households, "orders": REDEMPTIONS * households, "start": start, "now": village.now,
        "step": timedelta(days=DAYS) / (households * (AWARDS + REDEMPTIONS)), "notice": timedelta(days=NOTICE_DAYS),
        "kept": timedelta(days=7), "sooner": date(village.now.year, 12, 31), "later": date(village.now.year + 1, 12, 31),
    }  # fmt: skip
