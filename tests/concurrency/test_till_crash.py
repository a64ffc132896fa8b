"""A till that is killed in the middle of a hand-over leaves nothing half-done, and the resend finishes it."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.shop.till import MONDAY, given_till

ROOT = Path(__file__).resolve().parents[2]

# Redeems one order and kills itself right after its statement number N, or right before the commit.
VICTIM = """
import os, signal, sys, uuid
from datetime import datetime
from pathlib import Path
import sqlalchemy as sa
from app import clock
from app.database import db
from app.transaction import transact
from shop.counter.operations import RedeemCode, redeem_code
from tests.conftest import new_site

url, folder, community, staff, shop, code, now, die_at = sys.argv[1:]
site = new_site(url, Path(folder))
with site.app_context(), clock.at(datetime.fromisoformat(now)):
    seen = [0]

    def die():
        os.kill(os.getpid(), signal.SIGKILL)

    def after(_connection, _cursor, statement, *_more):
        seen[0] += not statement.startswith("BEGIN")
        if str(seen[0]) == die_at and not statement.startswith("BEGIN"):
            die()

    sa.event.listen(db.engine, "after_cursor_execute", after)
    if die_at == "commit":
        sa.event.listen(db.engine, "commit", lambda _connection: die())
    scan = RedeemCode(int(community), uuid.UUID(staff), uuid.UUID(shop), "phone-1", code, "scan-1")
    print(transact(redeem_code, scan).status)
"""


def redeem_elsewhere(till, order, database_url, tmp_path, die_at):
    """Another process at the same database."""
    words = [
        database_url,
        tmp_path,
        till.community_id,
        till.staff.id,
        till.shop_id,
        order.code,
        MONDAY.isoformat(),
        die_at,
    ]
    return subprocess.run(
        [sys.executable, "-c", VICTIM, *map(str, words)], cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


# After the shelf, after the ledger row, and when everything is written but nothing committed.
@pytest.mark.parametrize("die_at", [4, 6, "commit"])
def test_a_killed_hand_over_never_happened(session, database_url, tmp_path, die_at):
    till = given_till()
    person = till.people[0]
    order = till.order(person, ("A01", 2))
    before = till.purse(person), till.shelf("A01"), till.register("A01")
    session.rollback()
    victim = redeem_elsewhere(till, order, database_url, tmp_path, die_at)
    assert (victim.returncode, victim.stdout) == (-signal.SIGKILL, ""), victim.stderr
    assert (till.purse(person), till.shelf("A01"), till.register("A01")) == before
    assert (till.state(order), till.stored("scan-1"), till.wrong_numbers()) == ("placed", [], [])
    assert till.scan(order, "scan-1").status == "ok"
    assert (till.state(order), till.shelf("A01"), till.wrong_numbers()) == ("collected", (18, 0), [])
