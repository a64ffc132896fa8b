"""What is said about elected groups and about relations."""

from flask_babel import lazy_gettext as _

SENTENCES = {
    # elections
    "group_unknown": _("只有评议小组和监督小组。请从“小组”那一页重新开始。"),
    "assembly_needed": _("请写明是哪次会议选的。"),
    "elected_in_future": _("选举的日子还没到，选完再来登记。"),
    "term_before_election": _("任期要从选举那天或以后开始。"),
    "term_not_begun": _("任期还没开始。请在开始那天或以后来登记，到时权限才会一起换。"),
    "term_already_over": _("这个任期已经过了，请看一下截止的日子。"),
    "term_too_long": _("任期最长 %(years)s 年，请把截止的日子改早一些。"),
    "election_not_newer": _("上一次选举是 %(day)s。请核对选举的日子；要加人，请用“补选”。"),
    "too_few_seats": _("一个小组至少要 %(least)s 人，请再选几位。"),
    "too_many_seats": _("一个小组最多 %(most)s 人，请去掉几位。"),
    "one_chair_needed": _("请选一位组长，只能是一位。"),
    "seat_twice": _("名单里有一位写了两次，请去掉一次。"),
    "voters_needed": _("请填有多少人投了票。"),
    "more_votes_than_voters": _("%(name)s的票比投票的人（%(voters)s 人）还多，请核对。"),
    "votes_not_enough": _("%(name)s只有 %(votes)s 票同意。要过半数，至少 %(least)s 票才算选上。"),
    "not_of_age": _("%(name)s还没满 %(years)s 岁，不能进小组。"),
    "sits_in_other_group": _("%(name)s在另一个小组。一个人不能又评议又监督，请先在那边登记离任。"),
    "runs_the_scheme": _("%(name)s是管理员、系统维护、网格员或超市志愿者，这些事正要由监督小组来看，不能进监督小组。"),
    "kin_of_steward": _("%(name)s和管理员是一家人或近亲属，不能进监督小组。"),
    "kin_in_group": _("%(name)s和%(other)s是一家人或近亲属，不能在同一个小组。"),
    "nobody_elected": _("请先选出补选的人。"),
    "no_running_term": _("这个小组现在没有在任的一届，请登记换届选举。"),
    "chair_taken": _("%(name)s还是组长。要换组长，请先登记%(name)s离任。"),
    "sits_already": _("%(name)s已经在这个小组里。"),
    # seats
    "seat_not_found": _("没有找到这个席位。请返回“小组”那一页看一下。"),
    "seat_is_over": _("这个席位已经登记过离任。"),
    "recall_needs_assembly": _("会议罢免要写明是哪次会议、多少票。"),
    "role_is_elected": _("评议员、主持人和监督员由选举产生。请到“小组”那一页登记选举或补选。"),
    "seat_ends_first": _("这个身份是选举产生的。请到“小组”那一页登记离任，身份会一起收回。"),
    "sits_in_supervision": _("这位在监督小组，不能同时办理要被监督的事。请先登记离任。"),
    # relations
    "relation_unknown": _("请选是什么关系。"),
    "relation_not_found": _("没有找到这条关系。"),
    "relation_to_self": _("两边是同一个人，请核对。"),
    "relation_in_household": _("两位是一家人，评议时本来就回避，不用登记。"),
    "relation_not_yours_to_end": _("这一条不是您登记的。要是不对，请找管理员改。"),
    "person_not_here": _("名册里没有找到%(name)s。请写全名，核对户号。"),
    "person_ambiguous": _("村里有好几位%(name)s，请再写上户号，好知道是哪一位。"),
}  # fmt: skip

GROUPS = {"review": _("评议小组"), "supervision": _("监督小组")}

SEAT_ENDS = {
    "resigned": _("辞任"), "moved_away": _("搬走"), "died": _("去世"), "recalled": _("会议罢免"),
    "mistake": _("登记错了"), "leads": _("改任组长"), "new_term": _("换届"),
}  # fmt: skip

RELATIONS = {
    "relative": _("近亲属：夫妻、父母子女、兄弟姐妹、祖孙"),
    "same_employer": _("在同一个单位上班"),
    "employs": _("一方雇另一方干活"),
    "helper": _("一方平时帮另一方办事、照料"),
}  # fmt: skip

SOURCES = {"self": _("本人登记"), "steward": _("管理员登记"), "import": _("表格导入")}

RELATION_ENDS = {"over": _("现在没有这层关系了"), "mistake": _("登记错了"), "left": _("离开名册")}
