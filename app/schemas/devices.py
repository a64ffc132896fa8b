"""What is sent about shop phones, counters, cards and PINs."""

from __future__ import annotations

from app.schemas.fields import Command, Key, Secret, Text, Whole, YesNo
from shop.codes.counter_rules import MOST_ALLOWANCE, MOST_CARD_CAP, MOST_CONFIRM
from shop.devices.operations import LONGEST_NAME


class DeviceNameSchema(Command):
    """What a shop phone is called."""

    name = Text(required=True, shortest=1, longest=LONGEST_NAME)


class InviteSchema(DeviceNameSchema):
    """A phone for a shop."""

    shop_id = Key(required=True)


class ReassignSchema(Command):
    """Where a phone goes."""

    shop_id = Key(required=True)


class EnrolSchema(Command):
    """The code that stands on the steward's screen."""

    code = Text(required=True, shortest=1, longest=200)


class PinSchema(Command):
    """A PIN, typed twice."""

    pin = Secret(required=True)
    pin_again = Secret(required=True)


class HelpingSchema(Command):
    """Card and PIN of somebody who is helped."""

    code = Text(required=True, shortest=1, longest=200)
    pin = Secret(required=True)


class CounterRulesSchema(Command):
    """What a community asks for at its counters, and why it changes that."""

    card_daily_cap = Whole(least=0, most=MOST_CARD_CAP, required=True)
    confirm_above = Whole(least=0, most=MOST_CONFIRM, required=True)
    offline_allowance = Whole(least=0, most=MOST_ALLOWANCE, required=True)
    shop_phones_only = YesNo(load_default=False)
    reason = Text(required=True, shortest=2, longest=300)
