"""Refusals about notices."""

from flask_babel import lazy_gettext as _

SENTENCES = {
    "notice_not_found": _("没有找到这条公示。请从公示栏里重新打开。"),
    "notice_over": _("公示期已经过了，积分已经到账。还有疑问，请找村里的监督员。"),
    "notice_voided": _("这条公示已经作废，不用再提异议。"),
    "already_objected": _("已经有人对这一条提了异议，正在处理。请等答复出来再看。"),
    "month_not_found": _("没有这个月的月报。请从月报列表里打开。"),
    "moment_not_understood": _("看不懂这个时刻。请从页面上的链接重新打开。"),
    "objection_not_found": _("没有找到这条异议。"),
    "objection_answered": _("这条异议已经答复过了。请刷新页面看答复。"),
}
