"""Refusals of vouchers and of things that are lent."""

from flask_babel import lazy_gettext as _

SENTENCES = {
    "voucher_not_found": _("这不是我们的券，请对准再扫一次，或者照着码下面的字输入。"),
    "voucher_elsewhere": _("这张券不在这里用。请对方到%(where)s去用。"),
    "voucher_used": _("这张券已经用过了：%(at)s，%(where)s。"),
    "voucher_annulled": _("这张券已经退掉了，不能再用。"),
    "voucher_lapsed": _("这张券过了有效期（到 %(at)s）。有特殊情况，请对方找管理员延长。"),
    "voucher_extended_before": _("这张券延长过一次了，到 %(at)s，不能再延长。"),
    "loan_not_found": _("没有找到这次借出。东西要还到借出的那个店。"),
    "loan_kept": _("这件东西没有还，押金已经按价收下了。"),
    "loan_returned": _("这件东西已经还了，押金已经退回。"),
    "too_early_to_keep": _("还没到可以收押金的时候：%(at)s 以后还不还，才能按价收下。"),
    "item_not_lent": _("%(item)s是换的，不是借的。"),
}
