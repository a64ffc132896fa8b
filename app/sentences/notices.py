"""Refusals about notices."""

from flask_babel import lazy_gettext as _

SENTENCES = {
    "notice_not_found": _("没有找到这条公示。请从公示栏里重新打开。"),
    "notice_over": _("公示期已经过了，积分已经到账。还有疑问，可以申诉。"),
    "notice_voided": _("这条公示已经作废，不用再提异议。"),
    "already_objected": _("已经有人对这一条提了异议，正在处理。请等答复出来再看。"),
    "month_not_found": _("没有这个月的月报。请从月报列表里打开。"),
    "moment_not_understood": _("看不懂这个时刻。请从页面上的链接重新打开。"),
    "objection_not_found": _("没有找到这条异议。"),
    "objection_answered": _("这条异议已经答复过了。请刷新页面看答复。"),
    "answer_replaced": _("答复刚刚换过了，请先看新的答复再确认。"),
    "own_answer": _("这份答复是您自己写的，要由另一位来确认。"),
    "answered_by_group_first": _("先由村里的监督小组答复，逾期了才轮到您。"),
    "new_points_needed": _("现在没有积分可以作废。成立的话，请填给几分。"),
    "points_unchanged": _("这个分数和原来一样。要改就填别的分数，不改就选不成立。"),
    "budget_short": _("预算不够给这些分。请先请管理员追加预算，再来答复；您写的都还在。"),
    "appealed_by_household": _("没有给分的决定，只能由本人家里申诉。"),
    "not_decided_yet": _("这件事还没有结果，不用申诉。"),
    "still_on_notice": _("这一条还在公示或正在处理异议，现在提异议就行，不用申诉。"),
    "decision_final": _("这件事申诉后已经定下来了，不再重审。"),
    "appeal_open": _("已经有人对这件事申诉，正在处理。请等答复出来再看。"),
    "appealed_before": _("您对这件事已经申诉过一次，有了书面答复，不再重审。"),
    "appeal_over": _("已经过了申诉的期限：结果出来后 %(days)s 天内可以申诉。"),
}
