"""Shop phones, counter codes, cards and PINs."""

from flask_babel import lazy_gettext as _

SENTENCES = {
    # shop phones
    "device_not_found": _("没有找到这台手机。"),
    "device_name_missing": _("请给这台手机起个名字，例如“柜台一号”。"),
    "device_name_taken": _("已经有一台手机叫这个名字，请换一个。"),
    "device_is_revoked": _("这台手机已经停用，不能再改。要用的话，请当作新手机再登记一次。"),
    "enrolment_unknown": _("不认识这个登记码，请照着管理员的屏幕再输一次。"),
    "enrolment_over": _("这个登记码用过了，或者过了 15 分钟。请管理员再出一个。"),
    "device_revoked": _("这台手机已停用，找管理员。"),
    "device_of_other_shop": _("这台手机“%(device)s”是别的店的，请用自己店里的手机。"),
    "shop_phone_needed": _("村里定了：柜台只用登记过的店里的手机。请换那台手机，或者找管理员登记这一台。"),
    # the code of a counter
    "shop_code_not_found": _("不认识这个柜台的码。"),
    "shop_code_replaced": _("这个柜台的码换过新的了，请扫柜台上新的那张。"),
    # what a counter asks for
    "counter_rule_out_of_range": _("分数太大了，请改小一点。"),
    # cards and PINs
    "no_card_in_use": _("现在没有在用的卡。"),
    "helping_oneself": _("这是您自己的卡，用不着帮办。"),
    "helping_pin_wrong": _("密码不对，再输一次。连错五次卡就锁住。"),
    "helping_pin_locked": _("密码错了五次，卡锁住了。请到村委会重新设密码。"),
    "helping_pin_unset": _("对方还没有设密码。请本人到村委会设一个，再来帮办。"),
    "pin_not_valid": _("卡密码要 4 到 6 位数字。"),
    "pin_too_easy": _("这个卡密码太容易被猜到：不要一样的数字、连着的数字，也不要出生年份。"),
    "pin_not_repeated": _("两次填的卡密码不一样，请再填一次。"),
}
