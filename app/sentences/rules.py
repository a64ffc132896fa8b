"""What is said about rule books: refusals, and what the rules about rules find, each with its reason."""

from flask_babel import lazy_gettext as _

SENTENCES = {
    "rules_version_not_found": _("没有这一版积分细则。"),
    "rule_not_found": _("没有这一条积分细则。"),
    "rules_refused": _("这些条目不能写进规则：%(items)s。请照提示改好，再来通过。"),
    "rules_adopted_in_future": _("通过的日子在今天以后。请照会议记录填写。"),
    "rules_not_from_tomorrow": _("新规则最早从明天起生效：今天和以前做的事，按当时的规则算。"),
    "draft_not_found": _("没有这份草稿。"),
    "draft_item_not_found": _("草稿里没有这一条，可能已经去掉了。"),
    "draft_open": _("已经有一份草稿在写，请接着写那一份，或者先放弃它。"),
    "draft_closed": _("这份草稿已经通过或放弃了，不能再改。"),
    "draft_changed": _("打开这一页以后，草稿又改过了。请再看一遍改了什么，再记录通过。"),
    "draft_code_taken": _("编号 %(item)s 在草稿里已经有了，请换一个。"),
    "draft_changes_nothing": _("草稿和第 %(version)s 版一样，不用再通过一次。"),
}

# What is found: refusals first, then warnings.
FINDINGS = {
    "range_out_of_order": _("最低分 %(least)s、默认分 %(default)s、最高分 %(most)s，没有从小到大。"),
    "conduct_adds_points": _("扣分的条目，最高分却是 %(most)s 分。"),
    "deducts_outside_conduct": _("写了“%(words)s”，会扣到行为分以外。"),
    "pays_inspectors": _("写了“%(words)s”，是为了让检查的人满意。"),
    "punishes_complaint": _("写了“%(words)s”，会让提意见、投诉、上访的人吃亏。"),
    "takes_all_points": _("写了“%(words)s”，会一次拿走全部的分。"),
    "offsets_fines": _("写了“%(words)s”，拿积分抵罚款。"),
    "touches_religion": _("写了“%(words)s”，关系到宗教信仰。"),
    "touches_health": _("写了“%(words)s”，关系到一个人的健康。"),
    "touches_births": _("写了“%(words)s”，关系到生育。"),
    "punishes_household": _("写了“%(words)s”，一个人合法的事要全家受影响。"),
    "pays_money": _("写了“%(words)s”，把积分当成钱或工钱。"),
    "too_many_items": _("一共 %(count)s 条，超过了 %(most)s 条。"),
    "over_budget": _(
        "各条上限加起来，每户每月可以拿到 %(allowed)s 分；按做到其中的 1/%(share)s 算，要 %(expected)s 分，预算是 %(budget)s 分。"
    ),
    "range_wide": _("从 %(least)s 分到 %(most)s 分，差得比 %(limit)s 分还多。"),
    "above_authority": _("最多给到 %(most)s 分，超过了评议会能定的 %(limit)s 分，却没有写要复核。"),
    "example_missing": _("没有写例子。"),
    "evidence_missing": _("没有写凭什么证明。"),
}

REASONS = {
    "range_out_of_order": _("评议员要在最低和最高之间打分，顺序乱了就没法打。"),
    "conduct_adds_points": _("行为分只减不加；要感谢的事，另写一条给积分。"),
    "deducts_outside_conduct": _(
        "积分是做好事得来的，不能扣；扣分只动行为分，还要先提醒、听本人说、可以申诉。"
    ),
    "pays_inspectors": _("积分感谢为邻里做的事。为检查做的事不给分，不然大家只做给人看。"),
    "punishes_complaint": _("提意见、投诉、申诉是每个人的权利，不能因为这个少得一分。"),
    "takes_all_points": _("扣分要小、要一事一议；以前做的好事不能一笔勾销。"),
    "offsets_fines": _("罚款由法律管，积分不能代替，也不能减免。"),
    "touches_religion": _("信不信教是个人的自由，不加分，也不扣分。"),
    "touches_health": _("身体和病是个人的隐私，不加分，也不扣分。照顾别人可以加分。"),
    "touches_births": _("生不生、生几个是自家的事，不加分，也不扣分。"),
    "punishes_household": _("谁的事谁负责，不牵连家里人；不来、不捐、外出都是各人的自由。"),
    "pays_money": _("志愿做事不拿钱；积分不能换现金，也不能当工钱。"),
    "too_many_items": _("条目太多，大家记不住，也不好评。把相近的并成一条。"),
    "over_budget": _("发得比预算多，积分就换不到东西。请降低分值、收紧上限，或者先落实预算。"),
    "range_wide": _("范围太宽，同样的事会给出不一样的分。把范围收窄，或者分成两条。"),
    "above_authority": _("给得多的事要多一个人看：评议方式请选“评议并复核”。"),
    "example_missing": _("有个例子，大家才知道做到什么样算数。"),
    "evidence_missing": _("不写凭什么，报的人和评的人都为难。"),
}
