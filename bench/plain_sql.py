"""The redemption in plain SQL, statement by statement: what the site's speed is held against.

The same rows and locks as ``shop.counter.operations.redeem_code``, and the lookup of the token before it; no Python
between the statements but, on SQLite, that of the driver.
"""

from __future__ import annotations

import re
import sqlite3
import subprocess
import time
import uuid
from dataclasses import dataclass
from pathlib import Path

from bench.orders import PLAIN_CODE, PLAIN_HASH, Orders
from tests.support.postgres import Cluster

CLIENTS = 16
SESSIONS = 2  # threads of pgbench, as many as wrk has

# :round, :shops, :community and :first are set from outside; each client takes every sixteenth order, in turns.
SCRIPT = f"""
\\set i :i + 1
\\set n :first + (:i - 1) * {CLIENTS} + :client_id
\\set shop :n % :shops
BEGIN;
SELECT t.member_id, r.scope_id FROM api_token t
  JOIN role r ON r.community_id = t.community_id AND r.member_id = t.member_id AND r.role = 'shop_staff'
  WHERE t.token_hash = {PLAIN_HASH.format(n=":shop")} AND t.revoked_at IS NULL AND t.expires_at > now()
  \\gset staff_
SELECT count(*) AS repeats FROM redemption WHERE community_id = :community AND nonce = 'plain-' || CAST(:n AS text) \\gset
SELECT o.id, o.shop_id, o.points, o.transfer_id, o.wallet_id, o.shop_account_id, m.name, h.number, s.name AS shop,
    (SELECT json_agg(json_build_object('item', i.name_zh, 'quantity', l.quantity)) FROM order_line l
       JOIN item i ON i.community_id = l.community_id AND i.id = l.item_id
       WHERE l.community_id = o.community_id AND l.order_id = o.id) AS lines
  FROM shop_order o
  JOIN member m ON m.community_id = o.community_id AND m.id = o.member_id
  JOIN household h ON h.community_id = o.community_id AND h.id = o.household_id
  JOIN shop s ON s.community_id = o.community_id AND s.id = o.shop_id
  WHERE o.community_id = :community AND o.token = {PLAIN_CODE.format(n=":n")} AND o.state = 'placed' AND o.expires_at > now()
  FOR UPDATE OF o \\gset order_
SELECT sum(CASE WHEN id = :order_wallet_id THEN entries END) + 1 AS wallet, sum(CASE WHEN id = :order_shop_account_id
    THEN entries END) + 1 AS shop
  FROM (SELECT id, entries FROM account WHERE community_id = :community AND id IN (:order_wallet_id, :order_shop_account_id)
        ORDER BY id FOR UPDATE) AS locked \\gset seq_
INSERT INTO transfer (community_id, id, kind, debit_account_id, credit_account_id, amount, code, pending_id, ref_kind, ref_id,
    actor_id, recorded_at, effective_at, debit_seq, credit_seq)
  VALUES (:community, gen_random_uuid(), 'post', :order_wallet_id, :order_shop_account_id, :order_points, 'redemption',
    :order_transfer_id, 'order', :order_id, :staff_member_id, now(), now(), :seq_wallet, :seq_shop) RETURNING id \\gset transfer_
UPDATE shop_order SET state = 'collected', ended_at = now() WHERE community_id = :community AND id = :order_id;
UPDATE stock SET on_hand = on_hand - l.quantity, held = held - l.quantity FROM order_line l
  WHERE stock.community_id = :community AND stock.shop_id = :order_shop_id AND l.community_id = stock.community_id
    AND l.order_id = :order_id AND l.item_id = stock.item_id;
INSERT INTO stock_move (community_id, id, shop_id, item_id, move, quantity, actor_id, note, moved_at)
  SELECT community_id, gen_random_uuid(), :order_shop_id, item_id, 'handed_over', -quantity, :staff_member_id, '', now()
  FROM order_line WHERE community_id = :community AND order_id = :order_id;
INSERT INTO redemption (community_id, id, nonce, fingerprint, device, shop_id, staff_id, order_id, status, points, transfer_id,
    is_offline, force_sent, forced, force_reason, answer, scanned_at, recorded_at)
  VALUES (:community, gen_random_uuid(), 'plain-' || CAST(:n AS text), 'plain', 'plain SQL', :order_shop_id, :staff_member_id,
    :order_id, 'ok', :order_points, :transfer_id, false, false, false, '', 'ok', now(), now());
COMMIT;
"""


@dataclass(frozen=True)
class PlainRun:
    """Transactions per second."""

    per_second: float


def run_pgbench(
    cluster: Cluster, database: str, orders: Orders, folder: Path, *, first: int, each: int
) -> PlainRun:
    """16 clients collect ``each`` orders a head, from number ``first`` on. RuntimeError when one fails."""
    script = folder / "redeem.sql"
    script.write_text(SCRIPT)
    village = orders.village
    given = {"i": 0, "first": first, "shops": village.shops, "community": village.id}
    done = subprocess.run(
        [f"{cluster.bin}/pgbench", "--no-vacuum", "--protocol=prepared", f"--client={CLIENTS}", f"--jobs={SESSIONS}",
         f"--transactions={each}", f"--file={script}", "--host=127.0.0.1", f"--port={cluster.port}", "--username=postgres",
         *(f"--define={name}={value}" for name, value in given.items()), database],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    found = re.search(r"tps = ([\d.]+)", done.stdout)
    if done.returncode or not found or f"processed: {each * CLIENTS}/{each * CLIENTS}" not in done.stdout:
        raise RuntimeError(f"pgbench failed:\n{done.stdout[-1500:]}{done.stderr[-3000:]}")
    return PlainRun(float(found[1]))


TOKEN = f"""SELECT t.member_id, r.scope_id FROM api_token t JOIN role r
  ON r.community_id = t.community_id AND r.member_id = t.member_id AND r.role = 'shop_staff'
  WHERE t.token_hash = {PLAIN_HASH.format(n="?")} AND t.revoked_at IS NULL AND t.expires_at > ?"""
NONCE = "SELECT fingerprint, answer FROM redemption WHERE community_id = ? AND nonce = ?"
ORDER = f"""SELECT o.id, o.shop_id, o.points, o.transfer_id, o.wallet_id, o.shop_account_id, l.item_id, l.quantity, i.name_zh,
    m.name, h.number, s.name
  FROM shop_order o JOIN order_line l ON l.community_id = o.community_id AND l.order_id = o.id
  JOIN item i ON i.community_id = l.community_id AND i.id = l.item_id
  JOIN member m ON m.community_id = o.community_id AND m.id = o.member_id
  JOIN household h ON h.community_id = o.community_id AND h.id = o.household_id
  JOIN shop s ON s.community_id = o.community_id AND s.id = o.shop_id
  WHERE o.community_id = ? AND o.token = {PLAIN_CODE.format(n="?")} AND o.state = 'placed' AND o.expires_at > ?"""
ACCOUNTS = "SELECT id, entries FROM account WHERE community_id = ? AND id IN (?, ?)"
TRANSFER = """INSERT INTO transfer (community_id, id, kind, debit_account_id, credit_account_id, amount, code, pending_id,
  ref_kind, ref_id, actor_id, recorded_at, effective_at, debit_seq, credit_seq)
  VALUES (?, ?, 'post', ?, ?, ?, 'redemption', ?, 'order', ?, ?, ?, ?, ?, ?)"""
COLLECT = "UPDATE shop_order SET state = 'collected', ended_at = ? WHERE community_id = ? AND id = ?"
HAND_OVER = """UPDATE stock SET on_hand = on_hand - l.quantity, held = held - l.quantity FROM order_line l
  WHERE stock.community_id = ? AND stock.shop_id = ? AND l.community_id = stock.community_id AND l.order_id = ?
    AND l.item_id = stock.item_id"""
MOVE = """INSERT INTO stock_move (community_id, id, shop_id, item_id, move, quantity, actor_id, note, moved_at)
  VALUES (?, ?, ?, ?, 'handed_over', ?, ?, '', ?)"""
REDEMPTION = """INSERT INTO redemption (community_id, id, nonce, fingerprint, device, shop_id, staff_id, order_id, status,
  points, transfer_id, is_offline, force_sent, forced, force_reason, answer, scanned_at, recorded_at)
  VALUES (?, ?, ?, 'plain', 'plain SQL', ?, ?, ?, 'ok', ?, ?, 0, 0, 0, '', 'ok', ?, ?)"""


def run_sqlite(path: Path, orders: Orders, *, first: int, count: int) -> PlainRun:
    """One loop collects ``count`` orders, from number ``first`` on, with a commit that reaches the disk for each."""
    connection = sqlite3.connect(path, isolation_level=None)
    for pragma in ("foreign_keys=ON", "journal_mode=WAL", "synchronous=FULL", "busy_timeout=5000"):
        connection.execute(f"PRAGMA {pragma}")
    now = orders.village.now.strftime("%Y-%m-%d %H:%M:%S.%f")
    began = time.perf_counter()
    for n in range(first, first + count):
        connection.execute("BEGIN IMMEDIATE")
        _collect(connection, orders.village.id, n, n % orders.village.shops, now)
        connection.execute("COMMIT")
    took = time.perf_counter() - began
    connection.close()
    return PlainRun(count / took)


def _collect(connection: sqlite3.Connection, community: int, n: int, shop: int, now: str) -> None:
    staff, _scope = connection.execute(TOKEN, (shop, now)).fetchone()
    nonce = f"plain-{n}"
    if connection.execute(NONCE, (community, nonce)).fetchone():
        raise RuntimeError("the same order twice")
    lines = connection.execute(ORDER, (community, n, now)).fetchall()
    order_id, shop_id, points, hold, wallet, shop_account = lines[0][:6]
    entries = dict(connection.execute(ACCOUNTS, (community, wallet, shop_account)).fetchall())
    transfer_id = uuid.uuid4().bytes
    connection.execute(
        TRANSFER,
        (community, transfer_id, wallet, shop_account, points, hold, order_id, staff, now, now, entries[wallet] + 1,
         entries[shop_account] + 1),
    )  # fmt: skip
    connection.execute(COLLECT, (now, community, order_id))
    connection.execute(HAND_OVER, (community, shop_id, order_id))
    connection.executemany(
        MOVE, [(community, uuid.uuid4().bytes, shop_id, line[6], -line[7], staff, now) for line in lines]
    )
    connection.execute(
        REDEMPTION,
        (community, uuid.uuid4().bytes, nonce, shop_id, staff, order_id, points, transfer_id, now, now),
    )
