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
    if body.get("shut"):
        return _("现在不是开门的时间，系统不能核销。要给货，先到“开门与关门”把店打开。")
    if body.get("begun"):
        return _("这张票的活动已经开始了，不能再换。")
    if reason in ("already_redeemed", "invalid_time", "revoked", "canceled") and body.get("sale"):
        return _of_sale(reason)
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
        "unapproved": _(
            "对方现在能用的分不够；还有 %(n)s 分在公示，公示完才能用。", n=body.get("on_notice", 0)
        ),
        "revoked": _("这张卡已经换过新卡，请用新卡。"),
        "ambiguous": _("这个人有好几个户，请先选是哪一户。"),
    }
    return sentences.get(reason or "", _("请核对后再扫一次。"))


def _of_sale(reason: str) -> str:
    return {
        "already_redeemed": _("这个码已经用过一次。请对方等新码出来，再扫。"),
        "invalid_time": _("对方的码过期了。请对方等新码出来，再扫。"),
        "revoked": _("这张卡或这台手机停用了：换过新卡，或者密码错了五次。请找管理员。"),
        "canceled": _("这笔兑换已经取消，没有扣积分。要的话重新来一次。"),
    }[reason]


def still_needed(outcome: Outcome) -> str:
    """What an incomplete sale asks for, in one sentence."""
    if outcome.body["requires"] == ["lines"]:
        return _("这是会员的码，请先选要换的东西。")
    return {
        "wrong": _("密码不对，再输一次。连错五次卡就锁住。"),
        "locked": _("密码错了五次，卡锁住了。请到村委会重新设密码；手机上确认还可以用。"),
        "unset": _("对方还没有设密码。请在对方手机上确认，或到村委会设一个。"),
    }.get(outcome.body.get("pin", ""), _("分数多，要对方自己确认：输密码，或者在手机上点确认。"))


def still_needed_to_lend(word: str) -> str:
    """What a deposit asks for, in one sentence; ``word`` as ``shop.counter.consent`` says it."""
    return {
        "wrong": _("密码不对，再输一次。连错五次卡就锁住。"),
        "locked": _("密码错了五次，卡锁住了。请到村委会重新设密码。"),
        "unset": _("对方还没有设密码，请到村委会设一个。押金不多的，扫对方手机上的码就能借。"),
    }.get(word, _("押金多，要对方自己点头：请对方自己按密码。"))


def why(reason: str) -> str:
    """A refusal in a word or two, for lists."""
    words = {
        "invalid": _("不认识的码"), "revoked": _("停用了"), "blocked": _("账户停用"), "unapproved": _("还在公示"),
        "invalid_time": _("过了时间"), "canceled": _("取消了"), "already_redeemed": _("用过了"),
        "product": _("不在本店"), "out_of_stock": _("没货"), "rules": _("限量到了"),
        "insufficient_points": _("积分不够"),
    }  # fmt: skip
    return words.get(reason, _("没给货"))
