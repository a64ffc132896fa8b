"""Refusals about re-checks."""

from flask_babel import lazy_gettext as _

SENTENCES = {
    "recheck_not_found": _("没有找到这次抽查。请从抽查的名单里重新打开。"),
    "round_not_found": _("这个月没有抽查。"),
    "month_not_over": _("这个月还没有过完，过完了再抽，名单才定得下来。"),
    "nothing_to_recheck": _("这个月没有到账的积分，不用抽查。"),
    "seed_not_yet": _("抽签的种子还没有公布，请明天再抽。"),
    "recheck_count_wrong": _("这个月要抽 %(least)s 到 %(most)s 件。可以多抽，不能少抽。"),
    "finding_unknown": _("请选一项：属实、不属实或没查成。"),
    "recheck_done": _("这一次已经记过结果了。请刷新页面看。"),
    "visit_day_wrong": _("去看的日子要在抽签那天和今天之间。"),
}
