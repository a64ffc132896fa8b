"""The words of a statement: its lines, and the two who sign it."""

from flask_babel import lazy_gettext as _

LINES = {
    "redeemed": _("兑换"),
    "vouchers_in": _("服务券兑付"),
    "deposits_in": _("收的押金"),
    "annulled": _("撤销退回"),
    "refunded": _("退货退回"),
    "vouchers_out": _("转给服务商"),
    "deposits_out": _("退的押金"),
    "other": _("更正"),
}
SIDES = {"shop": _("商店"), "village": _("村里")}
