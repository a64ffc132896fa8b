"""What no item may say: one table of words, each line with texts it must refuse and near-misses it must let pass.

The list is the design's ("Rules about rules"): no pay for pleasing inspectors; no punishment for complaint, petition or
opinion; never all points at once; no fines offset; nothing about religion, health or births; no household punished for
one member's lawful act; and, from the law on volunteering, no cash and no wages.

Words are looked for clause by clause in category, name, example and note, not in the evidence: "reported and verified"
says how a thing became known, not what is punished. Chinese has no spaces, so short words hide in innocent ones
(宣传教育 holds 传教, 用微信教老人 holds 信教); those are the near-misses. ``unless`` spares a clause that gives a right or
forbids what is looked for. A word list finds carelessness, not cunning: the assembly still reads the book.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

# Which items a line is about: all, those that give, those that deduct, those that deduct from a whole household.
ANY, REWARD, DEDUCTION, HOUSEHOLD_DEDUCTION = "any", "reward", "deduction", "household_deduction"
_FORBIDS = "不得|不能|不可|不许|不会|禁止|严禁"
_RIGHT = "(?:可以|有权).{0,4}(?:说明|申诉|反映|提|投诉|举报)"


@dataclass(frozen=True)
class Ban:
    """``words`` and ``unless`` are patterns. ``refuses`` and ``passes`` are texts of such items; a test reads them all."""

    code: str
    on: str
    words: str
    unless: str = ""
    refuses: tuple[str, ...] = ()
    passes: tuple[str, ...] = ()

    def finds(self, clause: str) -> str | None:
        """The words that were found in one clause; None when it may stand."""
        found = re.search(self.words, clause, re.IGNORECASE)
        if found is None or (self.unless and re.search(self.unless, clause, re.IGNORECASE)):
            return None
        return found[0]


BANS = (
    Ban(
        "pays_inspectors", ANY,
        r"迎检|迎评|(?<!欢)(?:迎接|迎|应付|应对|突击).{0,6}(?:检查|督查|督导|考核|验收|视察|巡察|观摩|评估|暗访|测评)"
        r"|(?:接待|陪同|配合|迎接|应付).{0,4}(?:上级|领导|检查组|督查组|考核组|参观团)"
        r"|(?:领导|上级).{0,4}(?:视察|检查|调研|参观|满意|表扬)"
        r"|(?:满意度|测评|回访).{0,6}(?:满意|好评|满分|统一口径)|统一口径|集赞|刷好评|每日(?:登录|打卡)|转发.{0,4}点赞"
        r"|(?:please|welcom|receiv|prepar)\w* .{0,20}inspect",
        refuses=(
            "迎接上级卫生检查", "应付县里考核突击打扫", "接待领导参观", "配合检查组拍照", "满意度测评答满意",
            "每日打卡学习平台", "让上级满意的示范户", "Sweep the road to welcome the inspectors",
        ),
        passes=(
            "检查自家电线有没有老化", "上堤巡查", "参加村里的卫生检查小组", "入户看用电安全，检查灭火器", "欢迎大家监督检查",
            "上门做服务满意度调查", "Inspected the dyke at night",
        ),
    ),
    Ban(
        "punishes_complaint", DEDUCTION,
        r"上访|信访|越级|(?<!被)投诉(?!属实)|(?<!被)(?<!经)(?<!群众)(?<!邻居)举报(?!并?核实|属实)|检举|告状|控告|12345|拨打.{0,4}热线"
        r"|网帖|发帖|跟帖|言论|议论|异议|申诉|请愿|联名|起诉|诉讼|打官司|维权|反对票|投反对|顶撞(?:干部|领导)"
        r"|(?:提|发表|散布|公开).{0,4}意见|(?:批评|抱怨)(?:村|干部|政府|领导|集体)|(?:找|联系|接受).{0,3}(?:媒体|记者)"
        r"|\bpetition|\bcomplain|\bcriticis",
        unless=rf"{_RIGHT}|不因|不影响|may (?:reply|appeal|complain)",
        refuses=(
            "越级上访", "拨打 12345 热线", "在网上发帖说村里不好", "随意投诉", "举报村干部", "对公示提异议", "批评干部",
            "会上投反对票", "和村委会打官司", "对公示提异议的可以处理", "Complains to the county",
        ),
        passes=(
            "本人可以说明和申诉", "经批评教育不改", "噪声扰民被投诉属实", "经群众举报核实", "提醒后还不改",
            "不因提意见扣分", "The person may reply and appeal",
        ),
    ),
    Ban(
        "punishes_complaint", ANY,
        r"(?:不|无|未|没|零|杜绝|劝返|劝阻|劝止|制止|阻止|稳控).{0,6}(?:上访|信访|缠访|投诉|举报|12345|热线工单|越级|请愿|网帖)"
        r"|息诉|罢访|息访"
        r"|(?:上访|信访|举报|投诉|提异议|发帖).{0,4}(?:的|者|户|人员).{0,6}(?:不|取消|扣|停|减)"
        r"|\bno (?:petition|complaint)",
        unless=rf"{_RIGHT}|不因|不影响|欢迎|保护",
        refuses=(
            "全年无上访户", "零投诉商户", "劝返上访人员", "息诉罢访", "有上访行为的不得申报", "No complaints all year",
        ),
        passes=("未诉先办 解决隐患", "合理化建议被采纳", "陪邻居到信访接待日反映问题", "不因信访影响积分", "欢迎举报"),
    ),
    Ban(
        "takes_all_points", ANY,
        r"(?:扣|扣除|扣光|扣掉|取消|没收|收回|清空|清除|剥夺).{0,4}(?:全部|所有|全年|当年|一切).{0,4}分"
        r"|(?:积分|得分|分数|分值).{0,5}(?:清零|归零|清空|作废|扣光|扣完|没收)|一票否决"
        r"|(?:los|tak|forfeit|deduct)\w* all .{0,12}points",
        unless=f"{_FORBIDS}|到期|过期|虚报|冒领|这一?笔|那一?笔",
        refuses=(
            "违反一次，当年积分全部清零", "扣除全部积分", "取消全年积分", "安全事故一票否决", "没收所有积分",
            "Loses all points of the year",
        ),
        passes=("虚报得到的积分全部冲正", "路边垃圾清零行动", "到期积分清零", "任何情况都不得扣光全部积分"),
    ),
    Ban(
        "offsets_fines", ANY,
        r"(?:抵|顶替|冲抵|代替|免除|减免|换).{0,6}(?:罚款|罚金|罚单|处罚)"
        r"|(?:罚款|罚金|罚单|处罚).{0,6}(?:抵扣|冲抵|折抵|减免|免除|代替|用积分)"
        r"|(?:instead of|offset|pay\w*) .{0,12}\bfines?\b",
        unless=f"{_FORBIDS}|不抵",
        refuses=("抵扣交通罚款", "做义工代替罚款", "罚款可用积分交", "Work instead of a fine"),
        passes=("劝导骑车人戴头盔，减少违章", "听了交通处罚案例的课", "积分不能抵罚款"),
    ),
    Ban(
        "touches_religion", ANY,
        r"宗教|(?<![微短])信教|信佛|教徒|信徒|做礼拜|礼拜堂|(?:去|到|进|加入|参加|修|建)教会|教会(?:活动|聚会|成员)"
        r"|教堂|清真寺|寺庙|寺院|道观|烧香(?!蕉)|上香|拜佛|诵经|(?<!宣)传教(?!育)|基督|天主教|佛教|(?<!知)道教|伊斯兰|穆斯林"
        r"|\breligio|\bchurch|\bmosque|\bworship|\bpray(?:er|ing|s)?\b",
        unless="不涉及|不分|不论|无论|不问",
        refuses=(
            "参加教会活动", "不信教家庭", "到寺庙烧香", "修缮教堂", "参加宗教活动", "退出佛教", "Attends church",
        ),
        passes=(
            "教会刘大妈用手机视频", "用微信教老人挂号", "反诈宣传教育", "礼拜天和大家一起扫街", "庙会上演出",
            "知道教老人用手机的办法", "邻里互助不分宗教信仰",
        ),
    ),
    Ban(
        "touches_health", ANY,
        r"(?:本人|全家|按时|完成|未|不|没|拒绝|拒).{0,3}(?:接种|打疫苗|体检|核酸|筛查|服药|就医|住院)"
        r"|(?:血压|血糖|体重).{0,3}(?:达标|正常|下降|控制)|戒烟|戒酒|减肥|减重|无(?:重大)?疾病|身体健康|健康家庭|不生病|没有?生病"
        r"|\bvaccinated|\bweight loss|\bhealthy famil",
        unless="宣传|讲座|劝导|课",
        refuses=(
            "全家接种疫苗", "按时体检", "健康家庭", "戒烟成功", "一年没生病", "血压控制达标", "Whole family vaccinated",
        ),
        passes=(
            "参加健康讲座", "陪邻居到医院体检", "给老人免费量血压", "在接种点维持秩序", "帮隔壁大爷取药", "戒烟宣传",
            "在镇上的献血车献了 200 毫升", "学会急救",
        ),
    ),
    Ban(
        "touches_health", DEDUCTION,
        r"生病|患病|得病|住院|残疾|残障|抑郁|精神(?:病|障碍|异常)|传染|艾滋|感染|确诊|疫苗|接种|体检|病史|\billness|\bdisab",
        unless="歧视|欺负|侮辱|嘲笑",
        refuses=("家中有精神病人", "隐瞒病史", "不打疫苗", "确诊后外出"),
        passes=("当众侮辱残疾人", "在地里烧玉米秸秆，被当场发现"),
    ),
    Ban(
        "touches_births", ANY,
        r"生育|[一二三两][孩胎](?![子童儿])|头胎|多胎|(?<![学医])生(?:了)?(?:孩子|娃)|(?<![男女学])生(?:了)?(?:男|女|儿子)"
        r"|孕检|产检|节育|避孕|结扎|流产|堕胎|计生|超生|绝育|未婚先孕|独生子女|\babortion|\bbirth control|family planning"
        r"|(?:second|third) child\b",
        refuses=("生育三孩家庭", "落实计划生育", "二胎奖励", "按时孕检", "生了男孩", "超生", "Has a third child"),
        passes=(
            "陪怀孕的邻居到镇上", "接送学生孩子过马路", "跳进河里救起一孩童", "男生女生一起扫街", "给邻居家三个孩子辅导作业",
        ),
    ),
    Ban(
        "touches_births", DEDUCTION, r"怀孕|孕妇|\bpregnan", unless="欺负|让座",
        refuses=("未报告怀孕",), passes=("不给孕妇让座",),
    ),
    Ban(
        "punishes_household", ANY,
        r"连带|株连|连坐|(?:一人|有人|成员|子女|儿子|女儿|亲属|家属).{0,12}(?:全家|整户|全户|该户).{0,6}(?:不|取消|扣|停|减|罚)"
        r"|(?:全家|整户|全户).{0,3}(?:受罚|扣|罚)|\bwhole (?:family|household) (?:loses|pays)",
        unless=f"(?:{_FORBIDS}).{{0,2}}(?:株连|连带|连坐|扣|罚)",
        refuses=("一人缺席全家扣分", "子女不参加，全家扣分", "家属连带扣分", "一人违法全家不得申报"),
        passes=("全家一起参加大扫除", "不得株连家人"),
    ),
    Ban(
        "punishes_household", HOUSEHOLD_DEDUCTION,
        r"外出(?:打工|务工|未归|不归|不回)|打工|务工|离婚|再婚|(?:不|没|未|拒绝)(?:有)?(?:参加|到会|来开会|投票|捐|报名|入党|回村)"
        r"|没人(?:参加|到会|来)|缺席|缺勤|请假|弃权|搬走|迁出|辞职|休学|贷款|欠债|\bdivorce|\bdid not attend",
        refuses=("儿子外出打工没有回来", "家里没人参加村民会议", "没有捐款", "家庭成员离婚", "义务劳动缺席"),
        passes=("外出遛狗不拴绳", "乱堆乱倒经教育不改", "损坏公共设施拒赔", "把兑换的大米转手卖出"),
    ),
    Ban(
        "deducts_outside_conduct", REWARD,
        r"(?<!折)扣.{0,3}\d*\s*分|倒扣|负分|\bpoints? (?:is|are) deducted",
        unless=f"{_FORBIDS}|不扣",
        refuses=("缺席扣 2 分", "做不好倒扣"),
        passes=("做不完不扣分", "商店打折扣分批发货"),
    ),
    Ban(
        "deducts_outside_conduct", DEDUCTION,
        r"扣.{0,4}(?:可兑换|兑换积分|余额|存折)|deduct\w* .{0,12}(?:wallet|redeemable)",
        unless=f"{_FORBIDS}|不扣|不动",
        refuses=("同时扣可兑换积分",),
        passes=("只影响行为分，不动积分", "不扣分，暂停兑换 30 天"),
    ),
    Ban(
        "pays_money", ANY,
        r"(?<![不无没未])(?:发|计|当|抵|折|按|算|顶|日|月|计件)(?!现).{0,3}(?:工资|工钱|薪酬|报酬|酬劳|劳务费)|误工费|全勤奖|奖金(?!.{0,3}捐)"
        r"|(?<!不)(?:发|奖|奖励|兑换|提|返|折)(?:给|成)?现金|返现|提现|折现"
        r"|(?:误工|出工|值班|按天).{0,3}(?:补贴|补助)|(?:发放?|奖励?|补|折合|兑换|抵)[^捐].{0,3}\d+(?:\.\d+)?\s*[元块]"
        r"|\bwages?\b|\bsalary|\bin cash\b|\bcash reward",
        unless=f"{_FORBIDS}|讨|拖欠|\\b(?:no|not|never)\\b",
        refuses=("值班按天计工资", "出工补贴每天 50 元", "月底奖励现金", "每次奖励 20 元", "积分可提现", "Paid in cash"),
        passes=(
            "不计报酬参加义务劳动", "每捐出价值 20 元的物品计 1 个荣誉分", "帮老人办养老补贴", "帮工友讨工资", "获得奖金后捐出",
            "积分不得折现", "No wages are paid",
        ),
    ),
)  # fmt: skip
