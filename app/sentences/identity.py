"""Signing in, passwords, permissions, forms."""

from flask_babel import lazy_gettext as _

SENTENCES = {
    "not_signed_in": _("请先登录。"),
    "not_permitted": _("您的身份不能做这一步。需要时，请找村里的管理员。"),
    "invalid_credentials": _("手机号或密码不对，请再试一次。忘了密码，请找网格员或管理员重设。"),
    "too_many_attempts": _("试的次数太多了，请 %(minutes)s 分钟后再试。"),
    "password_too_short": _("密码至少要 8 位。"),
    "password_too_common": _("这个密码太容易被猜到，请换一个。"),
    "password_same": _("新密码要和原来的不一样。"),
    "password_not_repeated": _("两次填的新密码不一样，请再填一次。"),
    "old_password_wrong": _("原来的密码不对。"),
    "password_must_be_changed": _("请先在网站上把初始密码改成自己的。"),
    "form_invalid": _("有几处填写需要改正。"),
    "character_unseen": _("里面有看不见的字符，请重新填写。"),
    "request_key_reused": _("这次提交的编号已经用过，内容却不一样。请刷新页面再提交。"),
    "request_key_missing": _("缺少 Idempotency-Key，请带上它再发。"),
    "page_not_found": _("没有这个页面。"),
    "member_not_found": _("没有找到这个人。"),
    "bad_cursor": _("翻页的位置不对，请从第一页看起。"),
    "form_too_old": _("页面放得太久了，请再提交一次；您填的内容都还在。"),
}
