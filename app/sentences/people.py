"""What is said about people, households, roles and cards, in a roster and in the register."""

from flask_babel import lazy_gettext as _

SENTENCES = {
    # a row of a roster
    "household_number_missing": _("没有填户号。"),
    "grid_missing": _("没有填网格。"),
    "grid_differs": _("同一户在第 %(first_line)s 行写的是 %(first_grid)s。"),
    "second_head": _("这一户在第 %(first_line)s 行已经有户主%(first_name)s。"),
    "person_twice": _("和第 %(first_line)s 行是同一个人。如果是同名的两个人，请都写上出生年份。"),
    "phone_twice": _(
        "和第 %(first_line)s 行的%(first_name)s手机号一样。一个号码只能登记一个人，另一个请空着。"
    ),
    "name_missing": _("没有填姓名。"),
    "name_not_valid": _("不像姓名：不能有数字，最多 40 个字。"),
    "gender_not_understood": _("看不懂。请填“男”或“女”，不清楚就空着。"),
    "party_member_not_understood": _("看不懂。请填“是”或“否”。"),
    "phone_not_valid": _("手机号要 11 位，这里有 %(digits)s 位。"),
    "phone_more_than_one": _("一格里有好几个手机号，请只留一个。"),
    "birth_not_understood": _("看不懂。请填四位的年份，像 1960。"),
    "birth_year_out_of_range": _("%(year)s 年不对，应该在 %(least)s 到 %(most)s 之间。"),
    "phone_in_use": _("这个手机号在别的村或社区登记着，请核对号码；要是搬来的，请先在那边注销。"),
    "phone_of_another": _("这个手机号登记在 %(household)s 户 %(owner)s 名下，请核对。"),
    "person_not_clear": _("这一户有好几个同名的人（%(years)s 年生），请写上出生年份，好知道是哪一位。"),
    # the register
    "phone_missing": _("这个人没有登记手机号，不能登录。请先在名册里补上手机号，再导入一次。"),
    "household_not_found": _("没有找到这一户。"),
    "grid_not_found": _("没有找到这个网格。"),
    "community_not_found": _("没有找到这个村或社区。"),
    "community_exists": _("代号 %(community)s 已经有村或社区在用，请换一个。"),
    "search_too_short": _("请至少输入 %(least)s 个字：姓名或户号的开头。"),
    "card_not_found": _("不认识这张卡。"),
    "card_replaced": _("这是一张旧卡，已经换过新卡，请用新的一张。"),
    "nobody_chosen": _("请至少选一个人。"),
    "too_many_cards": _("一次最多印 %(most)s 张卡，请分几次印。"),
    # founding
    "community_code_not_valid": _("代号要用小写字母开头，只能有小写字母、数字和连字符，2 到 31 个。"),
    "areas_not_valid": _("请写明省、市、县、乡镇，用 / 隔开，最多四级，例如 山东省/济南市/历城区/义田镇。"),
    "steward_has_other_name": _("名册里这个手机号登记的是%(name)s，和管理员的姓名不一样，请核对。"),
    # roles
    "role_unknown": _("没有“%(role)s”这个身份。"),
    "scope_needed": _("请选是哪一个店。"),
    "why_unknown": _("请选是什么原因。"),
    "still_has_roles": _("这位还担任着职务，请先在上面把身份一个个收回，再请出名册。"),
    "last_steward": _("这是最后一位管理员。请先让另一位当管理员，再收回这一位的。"),
    "operators_choose_operators": _(
        "只有系统维护人员能设立或撤销系统维护人员，也只有他们能给系统维护人员设密码。"
    ),
}

# What a helper did for somebody, by the operation's name, as lists tell it. Objections, appeals and wishes are missing on
# purpose: a list is read by people who must not learn who objected, not even that there was something else.
HELPED_ACTS = {
    "place_order": _("留货"),
    "cancel_order": _("取消留货"),
    "move_order": _("换店取货"),
    "file_record": _("记一笔"),
    "withdraw_record": _("撤回记录"),
}


ROLES = {
    "resident": _("村民"),
    "grid_worker": _("网格员"),
    "reviewer": _("评议员"),
    "chair": _("主持人"),
    "shop_staff": _("超市志愿者"),
    "steward": _("管理员"),
    "supervisor": _("监督员"),
    "operator": _("系统维护"),
}
