"""Counter sales of three lines by card against the same in plain SQL, and one hot shop against sixteen."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from random import Random

from flask import Flask

from app.database import db
from app.identity.tokens import IssueToken, issue_token
from app.transaction import transact
from bench.load import Load, Request, first_answer, send, write_requests
from bench.orders import (
    LOTS,
    OPENING,
    PLAIN_HASH,
    PLAIN_STAFF,
    a_code,
    code_table,
    redeem_request,
    seed_orders,
)
from bench.plain_sql import CLIENTS, SESSIONS
from bench.report import Goal, Rounds, headline
from bench.seed import Seeder, let_planner_look, set_sums_right
from bench.site import WORKERS, Served, close_site, migrate, new_site, serve
from bench.village import GRANTS, MEMBERS_OF_HOUSEHOLD, Village, found_village
from tests.support.postgres import Cluster, postgres_cluster

SHOPS, HOUSEHOLDS, TILLS = 100, 2000, 16
FASTEST = 2000  # sales a second that no machine of ours exceeds
LINES = 3  # of one piece each, the cheapest goods
LEAST_RATIO, MOST_PYTHON_MS, LEAST_HOT = 0.20, 3.0, 0.50

CARDS = (
    """INSERT INTO card (community_id, id, member_id, version, token, issued_at)
       SELECT :community, {card: s.n}, {member: s.n * :each}, 1, c.code, :before FROM {series}
       JOIN bench_code c ON c.n = s.n""",
    """INSERT INTO code_token (token, community_id, purpose, subject_id, created_at)
       SELECT c.code, :community, 'card', {card: s.n}, :before FROM {series} JOIN bench_code c ON c.n = s.n""",
    "UPDATE community SET card_daily_cap = 1000 WHERE id = :community",
    "DELETE FROM item_limit WHERE community_id = :community",  # a household buys more here than a village allows
)
# As ``shop.counter.sale.sell_goods`` does it, with the lookup of the staff's token before it; ids of goods are set outside.
SCRIPT = f"""
\\set i :i + 1
\\set n :first + (:i - 1) * {CLIENTS} + :client_id
\\set shop :n % :shops
\\set household :n % :households
BEGIN;
SELECT t.member_id, r.scope_id FROM api_token t
  JOIN role r ON r.community_id = t.community_id AND r.member_id = t.member_id AND r.role = 'shop_staff'
  WHERE t.token_hash = {PLAIN_HASH.format(n=":shop")} AND t.revoked_at IS NULL AND t.expires_at > now() \\gset staff_
SELECT m.id, m.household_id, h.number, w.id AS wallet, a.id AS till FROM bench_code b
  JOIN code_token k ON k.token = b.code JOIN card c ON c.community_id = k.community_id AND c.id = k.subject_id
  JOIN member m ON m.community_id = c.community_id AND m.id = c.member_id
  JOIN household h ON h.community_id = m.community_id AND h.id = m.household_id
  JOIN account w ON w.community_id = m.community_id AND w.kind = 'household' AND w.owner_id = h.id
  JOIN account a ON a.community_id = m.community_id AND a.kind = 'shop' AND a.owner_id = :staff_scope_id
  LEFT JOIN redemption told ON told.community_id = m.community_id AND told.nonce = 'plain-' || CAST(:n AS text)
  WHERE b.n = :household AND c.revoked_at IS NULL FOR NO KEY UPDATE OF h \\gset payer_
SELECT count(*) AS goods, sum(i.points) AS points FROM item i
  JOIN stock s ON s.community_id = i.community_id AND s.item_id = i.id AND s.shop_id = :staff_scope_id
  WHERE i.community_id = :community AND i.id IN (GOODS) AND s.on_hand - s.held >= 1 \\gset sale_
SELECT coalesce(sum(points), 0) AS today FROM redemption WHERE community_id = :community AND member_id = :payer_id
  AND scanned_at >= date_trunc('day', now()) AND means = 'card' AND status = 'ok' AND annulled_at IS NULL \\gset spent_
UPDATE stock SET on_hand = on_hand - 1 WHERE community_id = :community AND shop_id = :staff_scope_id
  AND item_id IN (GOODS) AND on_hand - held >= 1;
SELECT sum(CASE WHEN id = :payer_wallet THEN entries END) + 1 AS wallet, sum(CASE WHEN id = :payer_till THEN entries END)
    + 1 AS shop
  FROM (SELECT id, entries FROM account WHERE community_id = :community AND id IN (:payer_wallet, :payer_till)
        ORDER BY id FOR UPDATE) AS locked \\gset seq_
SELECT expires_on FROM lot WHERE community_id = :community AND account_id = :payer_wallet AND points > 0
  ORDER BY expires_on LIMIT 1 \\gset lot_
INSERT INTO transfer (community_id, id, kind, debit_account_id, credit_account_id, amount, code, ref_kind, ref_id, actor_id,
    recorded_at, effective_at, debit_seq, credit_seq)
  VALUES (:community, gen_random_uuid(), 'posted', :payer_wallet, :payer_till, :sale_points, 'redemption', 'order',
    gen_random_uuid(), :staff_member_id, now(), now(), :seq_wallet, :seq_shop) RETURNING id, ref_id \\gset transfer_
UPDATE lot SET points = points - :sale_points WHERE community_id = :community AND account_id = :payer_wallet
  AND expires_on = :lot_expires_on;
INSERT INTO lot_use (community_id, id, transfer_id, expires_on, points)
  VALUES (:community, gen_random_uuid(), :transfer_id, :lot_expires_on, :sale_points);
INSERT INTO shop_order (community_id, id, shop_id, household_id, member_id, wallet_id, shop_account_id, transfer_id, way, points,
    state, placed_at, expires_at, ended_at, request_key)
  VALUES (:community, :transfer_ref_id, :staff_scope_id, :payer_household_id, :payer_id, :payer_wallet,
    :payer_till, :transfer_id, 'counter', :sale_points, 'collected', now(), now(), now(), 'plain-' || CAST(:n AS text));
INSERT INTO order_line (community_id, id, order_id, item_id, quantity, points_each)
  SELECT :community, gen_random_uuid(), :transfer_ref_id, id, 1, points FROM item
  WHERE community_id = :community AND id IN (GOODS);
INSERT INTO stock_move (community_id, id, shop_id, item_id, move, quantity, actor_id, note, moved_at)
  SELECT :community, gen_random_uuid(), :staff_scope_id, id, 'handed_over', -1, :staff_member_id, '', now() FROM item
  WHERE community_id = :community AND id IN (GOODS);
INSERT INTO redemption (community_id, id, nonce, fingerprint, device, shop_id, staff_id, order_id, member_id, status, points,
    transfer_id, is_offline, force_sent, forced, force_reason, means, answer, scanned_at, recorded_at)
  VALUES (:community, gen_random_uuid(), 'plain-' || CAST(:n AS text), 'plain', 'plain SQL', :staff_scope_id,
    :staff_member_id, :transfer_ref_id, :payer_id, 'ok', :sale_points, :transfer_id, false, false, false, '', 'card',
    'ok', now(), now());
COMMIT;
"""


@dataclass(frozen=True)
class Counters:
    """Cards of the first member of each household, staff tokens of each shop, and the three cheapest goods."""

    village: Village
    cards: tuple[str, ...]
    tokens: tuple[str, ...]
    goods: tuple[str, ...]

    def sale(self, n: int) -> Request:
        """Sale ``n``: household ``n % households`` at shop ``n % shops``, under a nonce of its own."""
        return Request(
            "/api/v1/redemptions", "POST", {"Authorization": f"Bearer {self.tokens[n % self.village.shops]}"},
            {"code": self.cards[n % self.village.households], "nonce": f"sale-{n:08d}",
             "lines": [{"item_id": item, "quantity": 1} for item in self.goods]},
        )  # fmt: skip


def bench_sales(folder: Path, rounds: int, seconds: int) -> list[Goal]:
    """Sales over HTTP on PostgreSQL with fsync on, beside pgbench."""
    headline(
        f"counter sales of {LINES} lines by card ({TILLS} connections, {SHOPS} shops, {WORKERS} workers)"
    )
    each = seconds * 100
    with postgres_cluster(fsync=True, directory=folder) as cluster:
        url = cluster.create_database("sales")
        counters = _given_counters(url, folder)
        found = Rounds()
        with serve(url, folder) as served:
            for at, requests in enumerate(_prepared(served, counters, rounds, seconds, folder, url)):
                found.add(
                    {"pgbench, sales/s": _run_pgbench(cluster, counters, folder, at * each * CLIENTS, each)}
                )
                load = _sent(served, requests, seconds)
                found.add({"sales/s": load.per_second, "sale, Python CPU ms each": load.cpu_ms,
                           "sale, median answer ms": load.median_ms})  # fmt: skip
    found.print()
    return [
        Goal("sales over HTTP / pgbench", found.ratio("sales/s", to="pgbench, sales/s"), least=LEAST_RATIO),
        Goal("Python processor time of a sale of three lines", found.median("sale, Python CPU ms each"), "ms",
             most=MOST_PYTHON_MS),
    ]  # fmt: skip


def bench_hot_shop(folder: Path, rounds: int, seconds: int) -> list[Goal]:
    """Sixteen tills at one shop, and at sixteen, in turns."""
    headline(f"one hot shop with {TILLS} tills, and sixteen shops with one each")
    found = Rounds()
    with postgres_cluster(fsync=True, directory=folder) as cluster, ExitStack() as open_sites:
        sides = {}
        for shops in (1, TILLS):
            place = folder / f"{shops}-shops"
            place.mkdir()
            url = cluster.create_database(f"shops_{shops}")
            site = new_site(url, place)
            migrate(site)
            village = found_village(site, households=HOUSEHOLDS, shops=shops)
            waiting = seconds * FASTEST
            orders = seed_orders(site, village, scanned=waiting * (rounds + 1), plain=0)
            close_site(site)
            served = open_sites.enter_context(serve(url, place))
            sides[shops] = (served, url, [redeem_request(orders, n) for n in range(len(orders.codes))], place)
        for at in range(rounds + 1):
            for shops, (served, url, requests, place) in sides.items():
                part = requests[at * seconds * FASTEST : (at + 1) * seconds * FASTEST]
                load = _sent(served, write_requests(part, place / f"requests-{at}"), seconds)
                if at == 0:
                    let_planner_look(url)
                else:
                    found.add({f"{shops} shops, redemptions/s": load.per_second})
    found.print()
    ratio = found.ratio("1 shops, redemptions/s", to=f"{TILLS} shops, redemptions/s")
    return [Goal(f"one shop with {TILLS} tills / {TILLS} shops with one", ratio, least=LEAST_HOT)]


def _given_counters(url: str, folder: Path) -> Counters:
    site = new_site(url, folder)
    try:
        migrate(site)
        village = found_village(site, households=HOUSEHOLDS, shops=SHOPS)
        return _seed_cards(site, village)
    finally:
        close_site(site)


def _seed_cards(site: Flask, village: Village) -> Counters:
    rng = Random(20260101)
    cards = tuple(a_code(rng) for _ in range(village.households))
    now = village.now
    values = {
        "community": village.id, "budget": village.budget_id, "households": village.households, "shops": village.shops,
        "members": village.members, "each": MEMBERS_OF_HOUSEHOLD, "orders": 0, "points": 1, "grants": GRANTS, "at": now,
        "before": now - timedelta(days=1), "expires": now + timedelta(days=7), "ends": (now + timedelta(days=700)).date(),
    }  # fmt: skip
    with site.app_context():
        with Seeder(db.engine) as seeder:
            seeder.make(code_table, [{"n": n, "code": code} for n, code in enumerate(cards)])
            seeder.run(OPENING, count=village.households, **values)
            for statement in CARDS:
                seeder.run(statement, count=village.households, **values)
            set_sums_right(seeder, village.id)
            seeder.run(LOTS, count=village.households, **values)
            seeder.run(PLAIN_STAFF, count=village.shops, **values)
        seeder.analyze()
        tokens = tuple(
            transact(issue_token, IssueToken(village.id, village.staff(shop), 1, f"counter {shop}")).token
            for shop in range(village.shops)
        )
    return Counters(
        village, cards, tokens, tuple(str(item) for item in (*village.items[:2], village.items[8]))
    )


def _prepared(
    served: Served, counters: Counters, rounds: int, seconds: int, folder: Path, url: str
) -> Iterator[Path]:
    """The requests of each round; the first answer is looked at, and the server gets warm."""
    many = seconds * FASTEST
    status, text = first_answer(served, counters.sale(many * (rounds + 1)))
    if status != 201:
        raise RuntimeError(f"the till answers {status}: {text[:500]}")
    for at in range(rounds + 1):
        part = [counters.sale(n) for n in range(at * many, (at + 1) * many)]
        path = write_requests(part, folder / f"requests-{at}")
        if at == 0:
            send(served, path, connections=TILLS, seconds=min(3, seconds))
            let_planner_look(url)
        else:
            yield path


def _sent(served: Served, requests: Path, seconds: int) -> Load:
    load = send(served, requests, connections=TILLS, seconds=seconds)
    if load.refused:
        raise RuntimeError(
            f"{load.refused} of {load.requests} were refused: {served.log.read_text()[-1000:]}"
        )
    return load


def _run_pgbench(cluster: Cluster, counters: Counters, folder: Path, first: int, each: int) -> float:
    """Sales a second of 16 clients. RuntimeError when one fails."""
    village = counters.village
    script = folder / "sell.sql"
    script.write_text(SCRIPT.replace("GOODS", ", ".join(f"'{item}'" for item in counters.goods)))
    given = {
        "i": 0,
        "first": first,
        "shops": village.shops,
        "households": village.households,
        "community": village.id,
    }
    done = subprocess.run(
        [f"{cluster.bin}/pgbench", "--no-vacuum", "--protocol=prepared", f"--client={CLIENTS}", f"--jobs={SESSIONS}",
         f"--transactions={each}", f"--file={script}", "--host=127.0.0.1", f"--port={cluster.port}",
         "--username=postgres", *(f"--define={name}={value}" for name, value in given.items()), "sales"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    found = re.search(r"tps = ([\d.]+)", done.stdout)
    if done.returncode or not found:
        raise RuntimeError(f"pgbench failed:\n{done.stdout[-1500:]}{done.stderr[-3000:]}")
    return float(found[1])
