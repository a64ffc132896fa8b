"""What stands on the demo's counters: an enrolled phone and a code each; and a PIN for the elder's card."""

from __future__ import annotations

from app import clock
from app.database import db
from app.demo.cast import ELDER_PIN, SIGN_INS
from app.demo.village import DemoVillage
from app.transaction import transact
from shop.codes.counter_codes import IssueShopCode, issue_shop_code
from shop.codes.pins import SetPin, set_pin
from shop.devices.operations import (
    EnrolDevice,
    InviteDevice,
    NoteSeen,
    enrol_device,
    invite_device,
    note_seen,
)
from shop.devices.queries import devices_of, open_invite


def furnish_counters(village: DemoVillage) -> None:
    """Nobody holds the tokens of the demo's phones: they are there to be seen in the list."""
    steward = village.roles["steward"][0].id
    for name, shop_id in village.shops.items():
        device_id = transact(invite_device, InviteDevice(village.id, steward, shop_id, f"{name}的手机"))
        invited = open_invite(db.session(), village.id, device_id, now=clock.now())
        db.session.rollback()
        transact(enrol_device, EnrolDevice(invited.code if invited else ""))
        transact(issue_shop_code, IssueShopCode(village.id, steward, shop_id))
    elder = village.people[dict(SIGN_INS)["elder"]]
    transact(set_pin, SetPin(village.id, steward, elder.id, ELDER_PIN))


def phones_at_work(village: DemoVillage) -> None:
    """Both phones were used just now."""
    phones = devices_of(db.session(), village.id)
    db.session.rollback()
    for phone in phones:
        transact(note_seen, NoteSeen(village.id, phone.id))
