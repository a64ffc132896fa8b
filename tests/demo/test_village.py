"""The demo village is a village: full of life, sound in its books, and never in anybody's way."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from app import clock
from app.database import db
from app.demo.cast import SHOP, STATION
from app.demo.sign_ins import demo_sign_ins
from points.conduct.models import ConductCase
from points.groups.queries import group_warnings, judges_on, supervisors_on
from points.ledger.check import check_ledger
from points.notices.models import Objection
from points.people.models import Card, Community, Household, Relation
from points.people.queries import holders_of
from points.records.models import Record
from points.review.models import ReviewSession
from shop.codes.models import MemberPin, ShopCode
from shop.devices.queries import devices_of
from shop.orders.models import Order
from tests.builders import given_village
from tests.conftest import close_site, new_site


@pytest.fixture(scope="module")
def village(demo_copy: Callable[[], Path]) -> Iterator[Flask]:
    """The loaded demo, to be read."""
    folder = demo_copy()
    site = new_site(f"sqlite:///{folder / 'demo.db'}", folder)
    yield site
    close_site(site)


@pytest.fixture
def books(village: Flask) -> Iterator[Flask]:
    """Inside the demo's context; ended with the test, since a command run later would find itself in it."""
    with village.app_context():
        yield village


def count(model: type, *where: sa.ColumnElement[bool]) -> int:
    """Rows of the main village."""
    return db.session.scalar(
        sa.select(sa.func.count()).select_from(model).where(model.community_id == village_id(), *where)
    )


def village_id() -> int:
    """The main village."""
    return db.session.scalar(sa.select(Community.id).where(Community.code == "yitian"))


def test_it_has_two_months_of_life(books: Flask) -> None:
    assert count(Household) == 120
    assert 800 <= count(Record) <= 1000
    assert count(ReviewSession, ReviewSession.state == "closed") == 40
    assert 220 <= count(Order) <= 300


def test_there_is_work_for_today(books: Flask) -> None:
    assert 8 <= count(Record, Record.state == "submitted") <= 16
    assert count(Record, Record.state == "on_notice") > 0
    assert count(Order, Order.state == "placed", Order.expires_at > clock.now()) >= 3
    assert (count(ConductCase, ConductCase.state == "warned"), count(ConductCase)) == (2, 3)


def test_doubts_were_answered_in_every_way_and_some_wait(books: Flask) -> None:
    answered = {
        (row.kind, row.state, row.points_after == 0)
        for row in db.session.scalars(sa.select(Objection).where(Objection.community_id == village_id()))
    }
    assert answered >= {
        ("objection", "upheld", True), ("objection", "upheld", False), ("objection", "dismissed", False),
        ("objection", "open", False), ("appeal", "dismissed", False),
    }  # fmt: skip


def test_its_books_are_sound_in_all_three_communities(books: Flask) -> None:
    ids = db.session.scalars(sa.select(Community.id)).all()
    assert len(ids) == 3
    assert [finding for community_id in ids for finding in check_ledger(db.session(), community_id)] == []


def test_there_is_a_sign_in_for_every_role(books: Flask) -> None:
    roles = {person.role for person in demo_sign_ins(db.session())}
    assert roles >= {
        "resident",
        "grid_worker",
        "reviewer",
        "chair",
        "shop_staff",
        "steward",
        "supervisor",
        "operator",
    }


def test_its_groups_are_elected_for_today_and_the_roles_are_the_elected(books: Flask) -> None:
    session, community_id = (
        db.session(),
        db.session.scalar(sa.select(Community.id).where(Community.code == "yitian")),
    )
    for ask, roles, size in ((judges_on, ("chair", "reviewer"), 5), (supervisors_on, ("supervisor",), 3)):
        sitting = ask(session, community_id, clock.now())
        assert {one.member_id for one in sitting} == set(holders_of(session, community_id, *roles))
        assert (len(sitting), sum(one.is_chair for one in sitting)) == (size, 1)
    assert group_warnings(session, community_id, today=clock.today("Asia/Shanghai")) == []
    assert count(Relation, Relation.ended_at.is_(None)) == 3


def test_its_counters_have_phones_and_codes_and_the_elder_a_card_with_a_pin(books: Flask) -> None:
    phones = devices_of(db.session(), village_id())
    assert {(phone.shop, phone.state) for phone in phones} == {(SHOP, "enrolled"), (STATION, "enrolled")}
    assert count(ShopCode, ShopCode.revoked_at.is_(None)) == count(MemberPin) + 1 == 2
    elder = db.session.scalar(sa.select(MemberPin.id).where(MemberPin.community_id == village_id()))
    assert count(Card, Card.member_id == elder, Card.revoked_at.is_(None)) == 1


def test_loading_it_again_changes_nothing(books: Flask) -> None:
    before = count(Record)
    result = books.test_cli_runner().invoke(args=["demo", "load"])
    assert result.exit_code == 0
    assert count(Record) == before


def test_it_never_touches_a_database_with_other_data(site: Flask) -> None:
    with site.app_context():
        given_village(code="real", residents=1)
    result = site.test_cli_runner().invoke(args=["demo", "load"])
    assert result.exit_code == 3
    with site.app_context():
        assert db.session.scalars(sa.select(Community.code)).all() == ["real"]
        assert demo_sign_ins(db.session()) == []
