"""A village that stands at an older version keeps what it has."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa
from flask_migrate import upgrade

from app.database import db
from points.notices.queries import objections
from points.people.queries import community_by_id
from points.review.ballot_queries import ballots_of
from points.review.queries import session_by_id
from shop.catalogue.limits import Limit
from shop.catalogue.models import ItemPrice
from shop.queries import items_at, limits_left, order_by_id, scan_by_nonce, shop_by_id
from tests.conftest import close_site, new_site

NOW = datetime(2026, 9, 7, 0, 30, tzinfo=UTC)
IDS = {name: uuid.UUID(int=at) for at, name in enumerate(
    ("grid", "household", "member", "version", "rule", "record", "event", "session", "seat", "item", "recusal",
     "ballot", "notice", "objection", "shop", "item", "stock", "move", "wallet", "till", "order", "line",
     "redemption"), 1)}  # fmt: skip
RULE_TEXTS = (
    "category_zh", "category_en", "name_zh", "name_en", "unit_zh", "unit_en", "evidence_zh", "evidence_en",
    "example_zh", "example_en", "note_zh", "note_en",
)  # fmt: skip


def shop_of_0001() -> list[tuple[str, dict[str, object]]]:
    """What 0003 changes: a shop, soap of which a household may have two a month, and an order that was collected."""
    names = {
        "name_zh": "肥皂",
        "name_en": "soap",
        **dict.fromkeys(("detail_zh", "detail_en", "unit_zh", "unit_en"), ""),
    }
    sums = dict.fromkeys(
        ("credits_posted", "debits_posted", "credits_pending", "debits_pending", "entries"), 0
    )
    account = {"unit": "points", "opened_at": NOW, "debits_must_not_exceed_credits": False, **sums}
    here = {"shop_id": IDS["shop"], "item_id": IDS["item"]}
    return [
        ("shop", {"id": IDS["shop"], "name": "村口店", "place": "", "hours": ""}),
        ("item", {"id": IDS["item"], "code": "I01", "kind": "goods", "icon": "package", "points": 4,
                  "reference_fen": 400, "limit_count": 2, "limit_period": "month", "is_offered": True, **names}),
        ("stock", {"id": IDS["stock"], "on_hand": 4, "held": 0, **here}),
        ("stock_move", {"id": IDS["move"], "move": "received", "quantity": 5, "note": "", "moved_at": NOW, **here}),
        ("account", {"id": IDS["wallet"], "kind": "household", "owner_id": IDS["household"], **account}),
        ("account", {"id": IDS["till"], "kind": "shop", "owner_id": IDS["shop"], **account}),
        ("shop_order", {"id": IDS["order"], "shop_id": IDS["shop"], "household_id": IDS["household"],
                        "member_id": IDS["member"], "wallet_id": IDS["wallet"], "shop_account_id": IDS["till"],
                        "token": "0" * 22, "points": 4, "state": "collected", "placed_at": NOW, "expires_at": NOW,
                        "ended_at": NOW, "request_key": "r"}),
        ("order_line", {"id": IDS["line"], "order_id": IDS["order"], "item_id": IDS["item"], "quantity": 1,
                        "points_each": 4}),
        ("redemption", {"id": IDS["redemption"], "nonce": "n", "fingerprint": "f", "device": "d",
                        "shop_id": IDS["shop"], "staff_id": IDS["member"], "order_id": IDS["order"], "status": "ok",
                        "points": 4, "is_offline": False, "force_sent": False, "forced": False, "force_reason": "",
                        "answer": "{}", "scanned_at": NOW, "recorded_at": NOW}),
    ]  # fmt: skip


def rows_of_0001() -> list[tuple[str, dict[str, object]]]:
    """One of everything that 0002 changes, with what it stands on: a secret vote, and an objection that was upheld."""
    member = {"member_id": IDS["member"]}
    tally = {"votes_for": 1, "votes_against": 0, "votes_abstained": 0}
    return [
        ("area", {"id": 1, "kind": "town", "name": "义田镇"}),
        ("community", {"id": 1, "area_id": 1, "code": "old", "name": "老村", "zone": "Asia/Shanghai",
                       "wallet_kind": "household", "notice_days": 3, "order_days": 7, "report_days": 30,
                       "cadence": "weekly", "session_time": "09:00", "founded_at": NOW}),
        ("grid", {"id": IDS["grid"], "name": "一组"}),
        ("household", {"id": IDS["household"], "number": "001", "grid_id": IDS["grid"]}),
        ("member", {"id": IDS["member"], "household_id": IDS["household"], "name": "张三", "relation": "户主",
                    "is_party_member": False, "joined_at": NOW}),
        ("rule_version", {"id": IDS["version"], "number": 1, "adopted_by": "大会", "adopted_on": date(2026, 1, 1),
                          "in_force_from": date(2026, 1, 1), "recorded_at": NOW, **tally}),
        ("rule_item", {"id": IDS["rule"], "version_id": IDS["version"], "position": 1, "code": "AID-02",
                       "score": "redeemable", "points_min": 3, "points_default": 4, "points_max": 10,
                       "photo": "none", "reporters": "self", "review_path": "panel",
                       **dict.fromkeys(RULE_TEXTS, "x")}),
        ("record", {"id": IDS["record"], "rule_item_id": IDS["rule"], "rule_code": "AID-02",
                    "household_id": IDS["household"], "reporter_id": IDS["member"], "done_on": date(2026, 9, 6),
                    "quantity": 1, "expected_points": 4, "note": "", "state": "voided", "filed_at": NOW,
                    "request_key": "k#0", **member}),
        ("record_event", {"id": IDS["event"], "record_id": IDS["record"], "event": "objection_upheld", "note": "",
                          "happened_at": NOW}),
        ("review_session", {"id": IDS["session"], "scheduled_for": NOW, "chair_id": IDS["member"],
                            "state": "closed", "secrecy": "secret", "roll_call_token": "0" * 22,
                            "current_position": 1, "revision": 1, "request_key": "s", "opened_at": NOW,
                            "closes_at": NOW, "closed_at": NOW}),
        ("seat", {"id": IDS["seat"], "session_id": IDS["session"], **member}),
        ("agenda_item", {"id": IDS["item"], "session_id": IDS["session"], "record_id": IDS["record"],
                         "position": 1, "block": "vote", "outcome": "approved", "points": 5, "recused": 0,
                         "present": 1, "quorum": 1, "decided_at": NOW, **tally}),
        ("recusal", {"id": IDS["recusal"], "item_id": IDS["item"], "reason": "self", **member}),
        ("ballot", {"id": IDS["ballot"], "item_id": IDS["item"], "choice": "approve", "points": 5, "reason": "",
                    "cast_at": NOW, **member}),
        ("notice", {"id": IDS["notice"], "record_id": IDS["record"], "item_id": IDS["item"],
                    "household_id": IDS["household"], "masked_name": "张*", "score": "redeemable", "points": 5,
                    "rule_code": "AID-02", "rule_version": 1, "rule_zh": "陪护", "rule_en": "care",
                    "done_on": date(2026, 9, 6), "by_consent": False, "state": "voided", "published_at": NOW,
                    **tally}),
        ("objection", {"id": IDS["objection"], "notice_id": IDS["notice"], "objector_id": IDS["member"],
                       "reason": "没有去", "state": "upheld", "filed_at": NOW, "remaining_seconds": 9,
                       "answered_by": IDS["member"], "answered_at": NOW, "answer": "查过，没有去",
                       "request_key": "o"}),
        *shop_of_0001(),
    ]  # fmt: skip


def fill(connection: sa.Connection) -> None:
    """Writes the rows as version 0001 did."""
    tables = sa.MetaData()
    tables.reflect(connection)
    is_sqlite = connection.dialect.name == "sqlite"

    def value(one: object) -> object:
        if isinstance(one, uuid.UUID) and is_sqlite:
            return one.bytes
        return one.replace(tzinfo=None) if isinstance(one, datetime) and is_sqlite else one

    for name, row in rows_of_0001():
        key = {} if name in ("area", "community") else {"community_id": 1}
        connection.execute(
            sa.insert(tables.tables[name]), {column: value(one) for column, one in (row | key).items()}
        )


@pytest.fixture
def village(backend: str, request, tmp_path):
    """A site whose database came from 0001 with rows in it."""
    url = f"sqlite:///{tmp_path / 'old.db'}"
    if backend == "postgresql":
        cluster, name = request.getfixturevalue("postgres"), f"old_{request.getfixturevalue('worker_id')}"
        cluster.drop_database(name)
        url = cluster.create_database(name)
    site = new_site(url, tmp_path)
    with site.app_context():
        upgrade(revision="0001")
        with db.engine.connect().execution_options(writes=True) as connection:
            fill(connection)
            connection.commit()
        upgrade()
        yield db.session()
        db.session.remove()
    close_site(site)


def test_a_village_of_the_first_version_keeps_its_rows(village) -> None:
    community = community_by_id(village, 1)
    assert (community.cadence, community.session_day, community.session_kind) == ("weekly", 1, "live")
    meeting = session_by_id(village, 1, IDS["session"], now=NOW + timedelta(days=1))
    assert (meeting.secrecy, meeting.kind, meeting.items) == ("blind", "live", 1)
    (vote,) = ballots_of(village, 1, IDS["session"])
    assert (vote.name, vote.choice, vote.points) == (None, "approve", 5)
    (doubt,) = objections(village, 1, now=NOW, is_open=False)
    assert (doubt.kind, doubt.state, doubt.record_id, doubt.points_before) == (
        "objection", "upheld", IDS["record"], 5,
    )  # fmt: skip


def test_its_shop_goes_on_with_limits_prices_and_orders(village) -> None:
    (soap,) = items_at(village, 1, IDS["shop"], now=NOW)
    assert (soap.points, soap.on_hand, soap.limits) == (4, 4, (Limit("household", "month", 2),))
    left = limits_left(village, 1, household_id=IDS["household"], member_id=IDS["member"], item_ids=[soap.id],
                       zone="Asia/Shanghai", now=NOW)  # fmt: skip
    assert left == {soap.id: 1}
    assert (shop_by_id(village, 1, IDS["shop"]).kind, order_by_id(village, 1, IDS["order"], now=NOW).way) == (
        "shop",
        "ahead",
    )
    assert scan_by_nonce(village, 1, "n").member == "张三"
    prices = village.execute(sa.select(ItemPrice.points).where(ItemPrice.community_id == 1)).all()
    assert prices == [(4,)]
