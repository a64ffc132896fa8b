"""What the volunteer at the counter does next after a refusal: one sentence for each reason."""

from __future__ import annotations

from datetime import datetime

from flask_babel import gettext as _
from flask_babel import lazy_gettext

from app.i18n import moment
from shop.counter.operations import Outcome

# The reasons in two or three words, for reports that count them.
REFUSALS = {
    "invalid": lazy_gettext("不是我们的码"), "invalid_time": lazy_gettext("过期了"), "canceled": lazy_gettext("取消了"),
    "already_redeemed": lazy_gettext("已经取走"), "product": lazy_gettext("不在本店取"),
    "out_of_stock": lazy_gettext("没货"), "rules": lazy_gettext("领够了"), "insufficient_points": lazy_gettext("积分不够"),
    "blocked": lazy_gettext("账户停用"), "unapproved": lazy_gettext("还在公示"), "revoked": lazy_gettext("卡换过了"),
    "ambiguous": lazy_gettext("要选哪一户"), "nonce_conflict": lazy_gettext("编号重复"),
}  # fmt: skip


def do_next(outcome: Outcome) -> str:
    """The sentence on the red page."""
    reason, body = outcome.reason, outcome.body
    if reason == "already_redeemed":
        first = body["first"]
        when = moment(datetime.fromisoformat(first["at"].replace("Z", "+00:00")))
        return _("这张单已经取走了：%(when)s，%(shop)s。", when=when, shop=first["shop"])
    sentences = {
        "invalid": _("这不是我们的取货码。请对方打开“我的订单”，再扫一次。"),
        "invalid_time": _("这张单过期了，积分已经退回。请对方重新下单。"),
        "canceled": _("这张单已经取消或撤销了，积分已经退回。要的话请重新下单。"),
        "product": _("这张单不在本店取。请对方到 %(shop)s 去取。", shop=body.get("shop", "")),
        "out_of_stock": _("货架上没有货了，请先登记进货，或请对方改天来。"),
        "rules": _("这家人这个周期已经领够了。"),
        "insufficient_points": _("对方的积分不够了。"),
        "blocked": _("这个账户停用了，请联系管理员。"),
        "unapproved": _("这笔积分还在公示，过了公示期才能用。"),
        "revoked": _("这张卡已经换过新卡，请用新卡。"),
        "ambiguous": _("这个人有好几个户，请先选是哪一户。"),
    }
    return sentences.get(reason or "", _("请核对后再扫一次。"))
