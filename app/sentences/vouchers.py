"""Refusals of vouchers and of things that are lent."""

from flask_babel import lazy_gettext as _

SENTENCES = {
    "voucher_not_found": _("这不是我们的券，请对准再扫一次，或者照着码下面的字输入。"),
    "voucher_elsewhere": _("这张券不在这里用。请对方到%(where)s去用。"),
    "voucher_used": _("这张券已经用过了：%(at)s，%(where)s。"),
    "voucher_annulled": _("这张券已经退掉了，不能再用。"),
    "voucher_lapsed": _("这张券过了有效期（到 %(at)s）。有特殊情况，请对方找管理员延长。"),
    "voucher_whole": _("这张券是 %(pieces)s 件合在一起的，要退就整张退。"),
    "use_note_too_long": _("账单号或房号最多 %(most)s 个字。"),
    "voucher_extended_before": _("这张券延长过一次了，到 %(at)s，不能再延长。"),
    "loan_not_found": _("没有找到这次借出。东西要还到借出的那个店。"),
    "loan_kept": _("这件东西没有还，押金已经按价收下了。"),
    "loan_returned": _("这件东西已经还了，押金已经退回。"),
    "too_early_to_keep": _("还没到可以收押金的时候：%(at)s 以后还不还，才能按价收下。"),
    "borrower_needed": _("还不知道借给谁：请先扫对方手机上的码或积分卡，或者找到这个人。"),
    "code_needed": _("押金要对方自己点头：请扫对方手机上的码，或者积分卡。没有卡的，村委会当场就能办。"),
    "code_not_known": _("不认识这个码。请对方打开“我的码”，或者拿积分卡，再扫一次。"),
    "code_stopped": _("这张卡或这台手机停用了：换过新卡，或者密码错了五次。请找管理员。"),
    "code_over": _("对方的码过期了。请对方等新码出来，再扫。"),
    "code_used_before": _("这个码已经用过一次。请对方等新码出来，再扫。"),
    "shop_shut": _("现在不营业，不往外借。开门营业以后再借。"),
    "item_not_lent": _("%(item)s是换的，不是借的。"),
}
