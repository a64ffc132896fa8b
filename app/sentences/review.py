"""Refusals about review."""

from flask_babel import lazy_gettext as _

SENTENCES = {
    "session_not_found": _("没有找到这场评议会。请从评议会列表里重新打开。"),
    "session_already_called": _("已经有一场评议会在等着开或正在开，请先开完那一场。"),
    "session_not_open": _("这场评议会还没有开，等主持人开会后再来。"),
    "session_closed": _("这场评议会已经结束，这一步没有记上。结果请看评议会的页面。"),
    "session_not_counted": _("这场评议会还没有结束，结束后才有记录可看。"),
    "secrecy_unknown": _("请选一种投票方式：记名或不记名。"),
    "too_few_reviewers": _("评议员至少要 %(least)s 人才能开会，请先把评议员定下来。"),
    "agenda_empty": _("现在没有等着评议的事，有人报上来再开会。"),
    "not_chair": _("这场会由别人主持，这一步请主持人来做。"),
    "not_on_roll": _("您不在这场评议会的名单里。开会时名单已经定好，请等下一场。"),
    "not_present": _("您还没有签到。请先扫大屏上的码，再来投票。"),
    "roll_call_code_wrong": _("会场码不对。请看大屏下方，照着再输一遍。"),
    "item_not_found": _("没有找到这一件。请返回上一页重新选。"),
    "choice_unknown": _("请选一项：同意、不同意或弃权。"),
    "points_needed": _("同意的话，请填给几分。"),
    "points_out_of_range": _("这一件可以给 %(least)s 到 %(most)s 分，请改一下分数。"),
    "points_only_with_approval": _("只有同意才填分数。"),
    "no_second_level_needed": _("这一件不用复核，或者已经有人复核过了。请返回列表看一下。"),
    "related_to_item": _("您和这件事有关，由别人来处理。请交给另一位监督员。"),
    "judge_of_item": _("这件事您在评议会上投过票或坐过席，不能再由您来定。请交给另一位监督员。"),
}
