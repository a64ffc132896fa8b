"""Refusals about warnings, deductions and appeals."""

from flask_babel import lazy_gettext as _

SENTENCES = {
    "case_not_found": _("没有找到这一件。"),
    "case_exists": _("%(name)s 这一天的这件事已经记过了，不用再记。"),
    "case_of_own_household": _("这是您自家人的事，请交给另一位网格员或管理员。"),
    "case_with_the_panel": _("这一件已经不在这一步了：交给了评议会，或者已经结束。请刷新页面再看。"),
    "warning_was_followed": _("后面还有一件是接着这次提醒开的，请先处理那一件。"),
    "not_a_deduction": _("这一项不是扣分的规则，请从“替村民报”里报。"),
    "deduction_without_points": _("规则里这一项不扣分，不用走这个程序。"),
    "nothing_to_appeal": _("这一件没有扣分，不用申诉。"),
    "already_appealed": _("这一件已经申诉过了。请在这一页看答复。"),
    "appeal_over": _("申诉要在扣分后 30 天内提出，时间已经过了。"),
    "no_appeal_waits": _("这一件没有在等答复的申诉。请刷新页面再看。"),
    "confirmed_it_before": _("这一件是您复核的，申诉要由另一位监督员答复。"),
}
