"""What may be sent, command by command (names: docs/api.md)."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from marshmallow import ValidationError, validates_schema

from app.schemas.fields import Command, Day, Key, Moment, OneOf, Part, Secret, Several, Text, Whole, YesNo
from points.fairness.models import FINDINGS
from points.people.leaving import WHY
from points.people.models import CADENCES, ROLES, SECRECIES, SESSION_KINDS

MOST_PHOTOS = 4  # of one record


class SignInSchema(Command):
    """Phone and password."""

    phone = Text(required=True, shortest=1, longest=20)
    password = Secret(required=True)


class ChangePasswordSchema(Command):
    """A new password, twice; the old one unless it is the first."""

    old_password = Secret(required=True)
    new_password = Secret(required=True)
    new_password_again = Secret(required=True)


class FileRecordSchema(Command):
    """A deed. Nobody named: the reporter's own."""

    rule = Text(required=True, shortest=1, longest=12)
    done_on = Day(required=True)
    member_ids = Several(Key(), most=100, load_default=list)
    household_id = Key(load_default=None, allow_none=True)
    quantity = Whole(least=1, most=1000, load_default=1)
    note = Text(longest=500, load_default="")
    evidence_ids = Several(Key(), most=MOST_PHOTOS, load_default=list)


class CallSessionSchema(Command):
    """When the session is due, how it meets, how secret its votes are, and how many are drawn for a panel."""

    scheduled_for = Moment(load_default=None, allow_none=True)
    secrecy = OneOf(*SECRECIES, load_default="open")
    kind = OneOf(*SESSION_KINDS, load_default="live")
    seats = Whole(least=3, most=50, load_default=None, allow_none=True)


class LeaveSeatSchema(Command):
    """Why a judge cannot go on."""

    reason = Text(required=True, shortest=2, longest=300)


class KeyTallySchema(Command):
    """A line of the sheet of a paper meeting; ``scores`` as written there: "5 5 6"."""

    scores = Text(longest=300, load_default="")
    votes_against = Whole(least=0, most=200, load_default=0)
    votes_abstained = Whole(least=0, most=200, load_default=0)


class ReviewPlanSchema(Command):
    """When and how a community meets to review, and why it changes that."""

    cadence = OneOf(*CADENCES, required=True)
    session_time = Text(required=True, shortest=4, longest=5)
    session_day = Whole(least=1, most=31, load_default=1)
    session_kind = OneOf(*SESSION_KINDS, required=True)
    session_secrecy = OneOf(*SECRECIES, required=True)
    panel_seats = Whole(least=3, most=50, load_default=5)
    panel_hours = Whole(least=1, most=720, load_default=48)
    reason = Text(required=True, shortest=2, longest=300)


class CastBallotSchema(Command):
    """A vote: points with approve, a reason with reject."""

    choice = OneOf("approve", "reject", "abstain", required=True)
    points = Whole(least=0, most=10_000, load_default=None, allow_none=True)
    reason = Text(longest=500, load_default="")


class SecondLevelSchema(Command):
    """The supervisor's word on a large award; the reason is needed to refuse."""

    decision = OneOf("confirm", "refuse", required=True)
    reason = Text(longest=500, load_default="")


class ObjectionSchema(Command):
    """Why somebody doubts a notice, or appeals a decision."""

    reason = Text(required=True, shortest=1, longest=500)


class AnswerObjectionSchema(Command):
    """A written answer: ``uphold`` voids the award, ``change`` sets it to ``points``."""

    decision = OneOf("dismiss", "uphold", "change", required=True)
    points = Whole(least=1, most=1_000_000, load_default=None, allow_none=True)
    answer = Text(required=True, shortest=1, longest=500)

    @validates_schema
    def check_points(self, values: dict[str, Any], **_more: Any) -> None:
        """A change says to how many."""
        if values.get("decision") == "change" and values.get("points") is None:
            raise ValidationError(_("请填改成几分。"), "points")


class ConfirmAnswerSchema(Command):
    """Which answer was read and is confirmed."""

    version = Whole(least=1, most=10_000, required=True)


class DrawRechecksSchema(Command):
    """Which month (any day of it) to draw re-checks from, and how many; nothing: the default."""

    month = Day(required=True)
    count = Whole(least=1, most=10_000, load_default=None, allow_none=True)


class NoteVisitSchema(Command):
    """What the supervisor found on a visit."""

    state = OneOf(*FINDINGS, required=True)
    contact = Text(longest=500, load_default="")
    words = Text(required=True, shortest=2, longest=500)
    visited_on = Day(load_default=None, allow_none=True)


class OrderLineSchema(Command):
    """Pieces of an item."""

    item_id = Key(required=True)
    quantity = Whole(least=1, most=99, required=True)


class WantedLineSchema(OrderLineSchema):
    """Pieces of an item, and the price of one that the buyer saw: another one is refused, ``price_changed``."""

    points_each = Whole(load_default=None, allow_none=True)


class PlaceOrderSchema(Command):
    """An order at a shop."""

    shop_id = Key(required=True)
    lines = Several(Part(WantedLineSchema), most=20, required=True)


class MoveOrderSchema(Command):
    """The shop where an order shall be collected instead."""

    shop_id = Key(required=True)


class SaleLineSchema(OrderLineSchema):
    """Pieces over the counter; ``points_each``: the price the till showed."""

    points_each = Whole(least=0, most=100_000, load_default=None, allow_none=True)


class RedeemSchema(Command):
    """A scan (design: redemption)."""

    code = Text(required=True, shortest=1, longest=500)
    nonce = Text(required=True, shortest=1, longest=80)
    scanned_at = Moment(load_default=None, allow_none=True)
    offline = YesNo(load_default=False)
    force = YesNo(load_default=False)
    reason = Text(longest=200, load_default="")
    pin = Secret(load_default=None, allow_none=True)
    lines = Several(Part(SaleLineSchema), most=20, load_default=None, allow_none=True)
    dry_run = YesNo(load_default=False)


class ReturnedLineSchema(OrderLineSchema):
    """Pieces that came back; ``to_shelf``: as good as new."""

    to_shelf = YesNo(load_default=True)


class RefundSchema(Command):
    """Which hand-over, and what came back."""

    redemption_id = Key(required=True)
    lines = Several(Part(ReturnedLineSchema), most=20, required=True)
    reason = Text(required=True, shortest=2, longest=200)


class OfflineScanSchema(Command):
    """What a shop phone tells of a hand-over without network; both times are by its own clock."""

    device_id = Key(required=True)
    serial = Whole(least=1, required=True)
    code = Text(required=True, shortest=1, longest=500)
    nonce = Text(required=True, shortest=1, longest=80)
    scanned_at = Moment(required=True)
    sent_at = Moment(required=True)
    lines = Several(Part(OrderLineSchema), most=100, load_default=list)
    staff_id = Key(load_default=None, allow_none=True)
    refused = Text(longest=40, load_default=None, allow_none=True)


class SnapshotSchema(Command):
    """How many hand-overs still wait on the phone to be told."""

    queued = Whole(most=100_000, load_default=0)


class ReserveSchema(Command):
    """How many points of each household a phone may spend without network, and for how many hours."""

    device_id = Key(required=True)
    points_each = Whole(least=1, most=200, required=True)
    hours = Whole(least=1, most=24, required=True)
    grid_id = Key(load_default=None, allow_none=True)


class NoteSchema(Command):
    """What was done about it."""

    note = Text(required=True, shortest=2, longest=200)


class AnnulSchema(Command):
    """Which scan to undo."""

    nonce = Text(required=True, shortest=1, longest=80)


class GrantBudgetSchema(Command):
    """Points for the period and where they come from."""

    points = Whole(least=1, most=10_000_000, required=True)
    reason = Text(required=True, shortest=2, longest=300)


class RoleSchema(Command):
    """A role to give or take, with the reason for the public list."""

    role = OneOf(*ROLES, required=True)
    scope_id = Key(load_default=None, allow_none=True)
    reason = Text(required=True, shortest=2, longest=300)


class LeaveSchema(Command):
    """Why somebody is taken out of the register."""

    why = OneOf(*WHY, required=True)


class CountStockSchema(Command):
    """What somebody counted on the shelf, and why it differs."""

    item_id = Key(required=True)
    quantity = Whole(least=0, most=100_000, required=True)
    note = Text(required=True, shortest=2, longest=200)
