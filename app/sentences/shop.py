"""Refusals of the points supermarket: catalogue, orders, counter, shelf."""

from flask_babel import lazy_gettext as _

SENTENCES = {
    "shop_not_found": _("没有找到这个店。"),
    "no_shop_of_yours": _("您还没有分到哪个店，请找管理员设置。"),
    "item_not_found": _("没有找到这样东西。"),
    "item_not_orderable": _("这一项不能留货。"),
    "item_not_offered": _("%(item)s已经下架，请换一样。"),
    "out_of_stock": _("%(item)s没有货了，请少要几件或换一样。"),
    "price_changed": _(
        "%(item)s的分值变了：您看到的是 %(old)s 分，现在是 %(new)s 分。还没有下单，请看一看再确认。"
    ),
    "nothing_offered_again": _("这张单里的东西现在都没有上架，请去超市看看别的。"),
    "limit_reached": _("%(item)s有限量，您家还能留 %(left)s 件。"),
    "insufficient_points": _("积分不够：要 %(points)s 分，现在能用 %(available)s 分。"),
    "order_empty": _("还没有选东西。"),
    "too_many_lines": _("一次最多选 %(most)s 样，每样选一次。"),
    "quantity_wrong": _("件数请填 1 到 %(most)s。"),
    "order_not_found": _("没有找到这张单。"),
    "order_collected": _("这张单已经取走了，不能再取消。"),
    "order_annulled": _("这张单给过货，又撤销了，积分已经退回，不用再取消。"),
    "order_lapsed": _("这张单已经到期，积分已经退回。"),
    "order_not_waiting": _("这张单现在不是等着取的，不能再改。"),
    "household_keeps_no_wallet": _("村里的积分各人记各人的，没有全家合在一起的账。"),
    "held_points_ended": _("这张单占着的积分里，有的已经过了能用的日子，换店就用不上了。请还在原来的店取。"),
    "nonce_wrong": _("扫码编号不对，请重新扫一次。"),
    "nonce_conflict": _("这个扫码编号已经用在别的码上，请重新扫一次。"),
    "redemption_not_found": _("没有找到这次扫码。"),
    "redemption_was_refused": _("这次没有给货，不用撤销。"),
    "other_device": _("只有扫码的那台设备能撤销。"),
    "undo_time_over": _("超过 15 分钟，不能直接撤销了，请找管理员处理。"),
    "fewer_than_held": _("有 %(held)s 件已经给人留了，数出来的不能比这个少；请先处理那些单。"),
}
