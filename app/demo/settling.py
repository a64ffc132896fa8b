"""The demo's shop and village settle: what a point is worth, money for goods, and a statement that both have signed."""

from __future__ import annotations

from datetime import timedelta

from app import clock
from app.demo.history import at
from app.demo.village import SHOP, DemoVillage
from app.transaction import transact
from points.days import local_day
from shop.settlement.funds import ConfirmFunds, EnterFunds, confirm_funds, enter_funds
from shop.settlement.operations import (
    DrawStatement,
    SetUnitValue,
    SignStatement,
    draw_statement,
    set_unit_value,
    sign_statement,
)

ZONE = "Asia/Shanghai"


def settle_last_month(village: DemoVillage) -> None:
    """Everything up to the first of this month; the village has lived for two."""
    steward, supervisor, staff = (
        village.roles[role][0].id for role in ("steward", "supervisor", "shop_staff")
    )
    with clock.at(clock.now() - timedelta(days=40)):
        transact(set_unit_value, SetUnitValue(village.id, steward, 20, "村民代表会议决定，和供销社商量好的"))
        entered = transact(
            enter_funds,
            EnterFunds(village.id, steward, village.key(), 300_000, "村集体经济", "积分超市专用，见银行回单"),
        )
        transact(confirm_funds, ConfirmFunds(village.id, supervisor, entered))
    first = local_day(clock.now(), ZONE).replace(day=1)
    command = DrawStatement(village.id, steward, village.shops[SHOP], at(first, 0))
    statement_id = transact(draw_statement, command)
    for person, side in ((staff, "shop"), (steward, "village")):
        transact(sign_statement, SignStatement(village.id, person, statement_id, side))
