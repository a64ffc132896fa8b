"""What the counter says when it cannot hand over: one sentence for each reason of the contract, with what to do."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import lazy_gettext as _

REASONS = {
    "nonce_conflict": _("这次扫码的编号已经用在别的码上了，请重新扫一次。"),
    "invalid": _("这不是本村的取货码，请核对后再扫。"),
    "revoked": _("这张卡已经换过新的，请用新卡。"),
    "blocked": _("这个账户已经停用，请找管理员。"),
    "unapproved": _("这些积分还在公示，公示期满才能用。"),
    "invalid_time": _("这个订单过了取货时间，积分已经退回，请重新下单。"),
    "canceled": _("这个订单已经取消，积分已经退回。"),
    "already_redeemed": _("这个码已经取过货了。"),
    "product": _("这个订单要到别的店取：%(shop)s。"),
    "out_of_stock": _("货架上的数量不够，不能交货。"),
    "rules": _("超过了限购数量。"),
    "insufficient_points": _("积分不够，不能交货。"),
    "ambiguous": _("要先选是哪一户。"),
}


def say_reason(reason: str, facts: Mapping[str, object]) -> str:
    """The sentence for a reason; ``facts`` is the answer's body (``shop`` with ``product``). KeyError for other words."""
    return str(REASONS[reason]) % {"shop": facts.get("shop") or "…"}
