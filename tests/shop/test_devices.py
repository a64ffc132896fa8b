"""Shop phones, counter codes and what counters ask for: enrolled once, worthless once moved or revoked, all of it told."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from app.database import db
from points.base import new_id
from points.errors import DomainError, NotFound
from points.people.models import AdminAct
from points.people.queries import meaning_of
from shop.catalogue.operations import OpenShop, open_shop
from shop.codes.counter_codes import IssueShopCode, code_of_shop, issue_shop_code, shop_of_code
from shop.codes.counter_rules import ChangeCounterRules, change_counter_rules, counter_rules
from shop.devices.models import Device, DeviceToken
from shop.devices.operations import (
    EnrolDevice,
    InviteAgain,
    InviteDevice,
    NoteSeen,
    ReassignDevice,
    RenameDevice,
    RevokeDevice,
    enrol_device,
    invite_again,
    invite_device,
    note_seen,
    reassign_device,
    rename_device,
    revoke_device,
)
from shop.devices.queries import device_by_token, device_line, devices_of, devices_of_shop, open_invite
from tests.concurrency.crowd import all_at_once
from tests.shop.till import Till, given_till


@pytest.fixture
def shop(session) -> Till:
    """A shop with one household and nothing on its shelves."""
    return given_till(households=1, points=0, pieces=0, goods=())


def invited(shop: Till, name: str = "柜台一号"):
    """A phone that waits for its code to be typed: its id and the code."""
    device_id = shop.run(invite_device, InviteDevice(shop.community_id, shop.staff.id, shop.shop_id, name))
    return device_id, code_for(shop, device_id)


def code_for(shop: Till, device_id) -> str | None:
    db.session.rollback()
    found = open_invite(db.session(), shop.community_id, device_id, now=shop.now)
    return found.code if found else None


def asked(query, *args, **more):
    """A query that sees what was committed."""
    db.session.rollback()
    return query(db.session(), *args, **more)


def acts(shop: Till) -> list[str]:
    return asked(
        lambda session: [
            f"{row.act} {row.detail}"
            for row in session.execute(
                sa.select(AdminAct.act, AdminAct.detail)
                .where(AdminAct.community_id == shop.community_id, AdminAct.actor_id == shop.staff.id)
                .order_by(AdminAct.id)
            )
        ]
    )


def refused(shop: Till, operation, command) -> str:
    with pytest.raises(DomainError) as error:
        shop.run(operation, command)
    return error.value.code


def test_a_phone_is_enrolled_once_with_its_code_and_known_by_its_token(shop):
    device_id, code = invited(shop)
    assert [line.state for line in asked(devices_of, shop.community_id)] == ["waiting"]
    enrolled = shop.run(enrol_device, EnrolDevice(f"https://here/q/{code.lower()}"))
    assert (enrolled.device_id, enrolled.shop_id, enrolled.name) == (device_id, shop.shop_id, "柜台一号")
    view = asked(device_by_token, enrolled.token)
    assert (view.id, view.shop_id, view.serial, view.is_current) == (device_id, shop.shop_id, 1, True)
    row = asked(
        lambda session: session.execute(sa.select(Device).where(Device.community_id == shop.community_id))
    ).scalar()
    assert enrolled.token.partition("-")[2] not in (row.token_hash, row.name)
    assert len(enrolled.token.partition("-")[2]) == 43  # 256 bits
    assert refused(shop, enrol_device, EnrolDevice(code)) == "enrolment_over"
    line = asked(device_line, shop.community_id, device_id)
    assert (line.state, line.enrolled_by, line.shop) == ("enrolled", shop.staff.name, "村口店")
    for nonsense in (
        "",
        "x",
        f"{shop.community_id}-",
        "-abc",
        "٣-abc",
        f"{2**63}-abc",
        "9" * 5000 + "-a",
        enrolled.token + "x",
    ):
        assert asked(device_by_token, nonsense) is None


def test_a_code_is_good_for_fifteen_minutes_and_a_newer_one_takes_its_place(shop):
    device_id, first = invited(shop)
    again = InviteAgain(shop.community_id, shop.staff.id, device_id)
    shop.run(invite_again, again)
    second = code_for(shop, device_id)
    assert refused(shop, enrol_device, EnrolDevice(first)) == "enrolment_over"
    shop.wait(minutes=15)
    assert (code_for(shop, device_id), refused(shop, enrol_device, EnrolDevice(second))) == (
        None,
        "enrolment_over",
    )
    shop.run(invite_again, again)
    shop.wait(minutes=14)
    old = shop.run(enrol_device, EnrolDevice(code_for(shop, device_id)))
    shop.run(invite_again, again)
    assert asked(device_by_token, old.token).is_current  # until the new code is used
    new = shop.run(enrol_device, EnrolDevice(code_for(shop, device_id)))
    assert (asked(device_by_token, old.token).is_current, asked(device_by_token, new.token).serial) == (
        False,
        2,
    )


@pytest.mark.usefixtures("nobody_listens")
def test_a_code_that_is_used_twice_at_once_enrols_one_phone(shop, site):
    _device_id, code = invited(shop)
    answers = all_at_once(site, [lambda: shop.run(enrol_device, EnrolDevice(code))] * 4)
    assert [answer for answer in answers if isinstance(answer, str)] == ["enrolment_over"] * 3
    tokens = [answer.token for answer in answers if not isinstance(answer, str)]
    assert asked(device_by_token, tokens[0]).is_current
    assert asked(lambda session: session.scalar(sa.select(sa.func.count()).select_from(DeviceToken).where(
        DeviceToken.community_id == shop.community_id))) == 0  # fmt: skip


def test_a_phone_that_moves_or_is_revoked_loses_its_token_and_is_still_known(shop):
    other = shop.run(open_shop, OpenShop(shop.community_id, None, "河西店"))
    device_id, code = invited(shop)
    here = shop.run(enrol_device, EnrolDevice(code)).token
    move = ReassignDevice(shop.community_id, shop.staff.id, device_id, other)
    assert (shop.run(reassign_device, move), shop.run(reassign_device, move)) == (True, False)
    late = asked(device_by_token, here)
    assert (late.is_current, late.serial, late.shop_id, late.revoked_at) == (False, 1, shop.shop_id, None)
    assert [line.state for line in asked(devices_of_shop, shop.community_id, other)] == ["waiting"]
    shop.run(invite_again, InviteAgain(shop.community_id, shop.staff.id, device_id))
    there = shop.run(enrol_device, EnrolDevice(code_for(shop, device_id))).token
    assert (asked(device_by_token, there).shop_id, asked(device_by_token, there).serial) == (other, 2)
    shop.run(invite_again, InviteAgain(shop.community_id, shop.staff.id, device_id))
    unused = code_for(shop, device_id)
    revoke = RevokeDevice(shop.community_id, shop.staff.id, device_id, "手机丢了")
    shop.run(revoke_device, revoke)
    gone = asked(device_by_token, there)
    assert (gone.is_current, gone.revoked_at, gone.serial) == (False, shop.now, 2)
    assert (gone.id, asked(device_line, shop.community_id, device_id).state) == (device_id, "revoked")
    for operation, command in (
        (enrol_device, EnrolDevice(unused)), (revoke_device, revoke), (reassign_device, move),
        (invite_again, InviteAgain(shop.community_id, shop.staff.id, device_id)),
        (rename_device, RenameDevice(shop.community_id, shop.staff.id, device_id, "新名字")),
    ):  # fmt: skip
        assert refused(shop, operation, command) == "device_is_revoked"
    assert [act for act in acts(shop) if "revoked" in act or "reassigned" in act] == [
        "device_reassigned 柜台一号 → 河西店", "device_revoked 柜台一号",
    ]  # fmt: skip


def test_names_are_wanted_once_each_and_another_village_sees_nothing(shop):
    device_id, code = invited(shop)
    second, _code = invited(shop, " 柜台二号 ")
    assert [line.name for line in asked(devices_of, shop.community_id)] == ["柜台一号", "柜台二号"]
    rename = RenameDevice(shop.community_id, shop.staff.id, second, "柜台一号")
    assert refused(shop, rename_device, rename) == "device_name_taken"
    same = InviteDevice(shop.community_id, shop.staff.id, shop.shop_id, "柜台一号")
    assert refused(shop, invite_device, same) == "device_name_taken"
    blank = InviteDevice(shop.community_id, shop.staff.id, shop.shop_id, "  ")
    assert refused(shop, invite_device, blank) == "device_name_missing"
    assert shop.run(rename_device, RenameDevice(shop.community_id, shop.staff.id, second, "收银台"))
    neighbour = given_till(households=1, points=0, pieces=0, goods=(), code="next", number=2)
    assert asked(devices_of, neighbour.community_id) == []
    away = InviteAgain(neighbour.community_id, neighbour.staff.id, device_id)
    assert refused(shop, invite_again, away) == "device_not_found"
    foreign = ReassignDevice(shop.community_id, shop.staff.id, device_id, neighbour.shop_id)
    assert refused(shop, reassign_device, foreign) == "shop_not_found"
    no_reason = RevokeDevice(shop.community_id, shop.staff.id, device_id, " ")
    assert refused(shop, revoke_device, no_reason) == "reason_needed"
    card = "0" * 22
    assert refused(shop, enrol_device, EnrolDevice(card)) == "enrolment_unknown"
    token = shop.run(enrol_device, EnrolDevice(code)).token
    seen, shop.now = shop.now, shop.now + timedelta(minutes=4)
    shop.run(note_seen, NoteSeen(shop.community_id, device_id))
    assert asked(device_by_token, token).seen_at == seen
    shop.wait(minutes=1)
    shop.run(note_seen, NoteSeen(shop.community_id, device_id))
    assert asked(device_by_token, token).seen_at == shop.now


def test_a_counter_has_one_code_at_a_time(shop):
    issue = IssueShopCode(shop.community_id, shop.staff.id, shop.shop_id)
    first = shop.run(issue_shop_code, issue)
    assert shop.run(issue_shop_code, issue) == first
    meaning = asked(meaning_of, first)
    assert (meaning.purpose, meaning.subject_id) == ("shop", shop.shop_id)
    second = shop.run(
        issue_shop_code, IssueShopCode(shop.community_id, shop.staff.id, shop.shop_id, renew=True)
    )
    assert asked(shop_of_code, shop.community_id, second) == shop.shop_id
    assert asked(code_of_shop, shop.community_id, shop.shop_id).version == 2
    for community_id, token, why in (
        (shop.community_id, first, "shop_code_replaced"), (shop.community_id + 1, second, "shop_code_not_found"),
        (shop.community_id, "x", "shop_code_not_found"),
    ):  # fmt: skip
        with pytest.raises(NotFound, match=why):
            asked(shop_of_code, community_id, token)
    assert (
        refused(shop, issue_shop_code, IssueShopCode(shop.community_id, None, new_id())) == "shop_not_found"
    )
    assert acts(shop) == ["shop_code_issued 村口店"] * 2


def test_the_rules_of_a_counter_change_with_a_reason_for_everybody(shop):
    change = ChangeCounterRules(shop.community_id, shop.staff.id, 40, 50, 20, True, "村民代表会议决定")
    before = asked(counter_rules, shop.community_id)
    assert (
        before.card_daily_cap,
        before.confirm_above,
        before.offline_allowance,
        before.shop_phones_only,
    ) == (30, 50, 20, False)
    assert (shop.run(change_counter_rules, change), shop.run(change_counter_rules, change)) == (True, False)
    after = asked(counter_rules, shop.community_id)
    assert (after.card_daily_cap, after.shop_phones_only) == (40, True)
    assert acts(shop) == ["counter_rules_changed 30/50/20/no -> 40/50/20/yes"]
    for wrong in ((-1, 50, 20), (40, 10_001, 20), (40, 50, 201)):
        command = ChangeCounterRules(shop.community_id, shop.staff.id, *wrong, False, "试试")
        assert refused(shop, change_counter_rules, command) == "counter_rule_out_of_range"
    silent = ChangeCounterRules(shop.community_id, shop.staff.id, 1, 1, 1, False, "")
    assert refused(shop, change_counter_rules, silent) == "reason_needed"
