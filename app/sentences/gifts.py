"""Refusals of gifts and of the care list."""

from flask_babel import lazy_gettext as _

from shop.care.models import WHY

SENTENCES = {
    "gift_not_found": _("没有找到这次赠送。"),
    "gift_to_oneself": _("这是您自己家的账，不用送。"),
    "gift_speaks_of_money": _("留言里有“%(word)s”。积分只能送，不能买卖，请换一句话。"),
    "note_too_long": _("留言最多 %(most)s 个字。"),
    "gift_day_limit": _("一天送给别家的积分有上限，今天还能送 %(left)s 分。"),
    "gift_month_limit": _("一个月送给别家的积分有上限，这个月还能送 %(left)s 分。"),
    "gift_day_limit_of_other": _("对方今天收到的积分快到上限了，还能收 %(left)s 分。"),
    "gift_month_limit_of_other": _("对方这个月收到的积分快到上限了，还能收 %(left)s 分。"),
    "care_not_found": _("名单里没有这一位了。"),
    "care_confirmed_before": _("这一位已经确认过了。"),
    "not_on_care_list": _("这一户现在不能由爱心池来付，请按平常的办法结账。"),
    "care_pool_short": _("爱心池里只有 %(available)s 分，不够付 %(points)s 分。"),
}

CARE_WHY = dict(zip(WHY, (_("老人独居"), _("生病"), _("残障"), _("一时有难处"), _("其他")), strict=True))
