"""Who is who in the demo village. People and phones are the invented ones of ``data/roster.csv``."""

from __future__ import annotations

from dataclasses import dataclass

CODE = "yitian"
PASSWORD = "yitian2026"
ELDER_PIN = "2580"


@dataclass(frozen=True)
class Part:
    """A person of the roster with a role; ``scope`` names the shop or the grid."""

    phone: str
    role: str
    reason: str
    scope: str | None = None


SHOP = "村口积分超市"
STATION = "河西代办点"

PARTS = (
    Part("19900007051", "chair", "村民代表会议推选，任期三年"),
    Part("19900007004", "reviewer", "村民代表会议推选，任期三年"),
    Part("19900007161", "reviewer", "村民代表会议推选，任期三年"),
    Part("19900007208", "reviewer", "村民代表会议推选，任期三年"),
    Part("19900007340", "reviewer", "村民代表会议推选，任期三年"),
    Part("19900007010", "grid_worker", "负责第一网格", "第一网格"),
    Part("19900007056", "grid_worker", "负责第二网格", "第二网格"),
    Part("19900007163", "grid_worker", "负责第三网格", "第三网格"),
    Part("19900007185", "grid_worker", "负责第四网格", "第四网格"),
    Part("19900007258", "grid_worker", "负责第五网格", "第五网格"),
    Part("19900007332", "grid_worker", "负责第六网格", "第六网格"),
    Part("19900007074", "shop_staff", "报名当积分超市志愿者", SHOP),
    Part("19900007175", "shop_staff", "报名当代办点志愿者", STATION),
    Part("19900007022", "steward", "村委会委员，分管积分"),
    Part("19900007078", "supervisor", "村务监督委员会成员"),
    Part("19900007177", "operator", "负责系统维护"),
)

# The ready sign-ins, in the order of the walk through the chain; the phone says who.
SIGN_INS = (
    ("resident", "19900007145"),
    ("elder", "19900007262"),
    ("grid_worker", "19900007056"),
    ("reviewer", "19900007161"),
    ("reviewer", "19900007004"),
    ("reviewer", "19900007208"),
    ("chair", "19900007051"),
    ("shop_staff", "19900007074"),
    ("steward", "19900007022"),
    ("supervisor", "19900007078"),
    ("operator", "19900007177"),
)

SELF_REPORTS: dict[str, tuple[str, ...]] = {
    "AID-01": (
        "帮隔壁老李家抬冰箱上楼",
        "给邻居看了半天孩子",
        "帮独居的王大娘换了灯泡",
        "下雨天帮邻居收了晒的玉米",
    ),
    "AID-02": (
        "陪张大爷说话，量了血压",
        "给独居的刘奶奶送了饭，打扫了屋子",
        "陪邻居老人去卫生院拿药",
        "给五保老人剪头发、收拾院子",
    ),
    "AID-03": (
        "帮老人交了电费",
        "代办医保缴费两户",
        "帮邻居取快递送到家",
        "替行动不便的老人去镇上取养老金存折",
    ),
    "AID-04": ("教奶奶们用手机视频通话", "教老人用手机挂号", "帮老人把手机字体调大，教会了扫码"),
    "GOV-04": ("三号楼后井盖松动，已拍照", "村西路灯不亮", "河边护栏断了一截", "广场健身器材螺丝松了"),
    "GOV-05": ("自己动手把村口的坑填平了", "把楼道里的杂物清走了，免得绊倒人", "修好了公共水龙头漏水"),
    "ENV-03": ("捞了村东沟渠里的水草和塑料袋", "清理门前排水沟三十米", "河边捡垃圾两袋"),
    "PUB-03": ("无偿献血 300 毫升，证书已给网格员看过",),
    "HON-02": ("被评为镇级“最美家庭”，证书已出示",),
}

# Activities that a grid worker records for many: rule, weekday (None: any), how many people, note.
ACTIVITIES = (
    ("HAR-03", None, 3, "晚上七点到九点治安巡逻"),
    ("VOL-04", 5, 9, "党员义田除草、收白菜"),
    ("ENV-02", 6, 7, "周日集体清扫主街"),
    ("PUB-01", 1, 4, "修整村东水渠半天"),
    ("CUL-03", 2, 6, "夜校：农村电商课"),
    ("VOL-03", 5, 3, "公益集市摆摊：磨刀、理发、量血压"),
    ("HAR-04", 3, 4, "派出所反诈宣讲"),
    ("CUL-02", 4, 3, "文艺队广场演出"),
    ("AID-05", 3, 1, "结对照顾独居老人满半年，走访记录齐全"),
)

REJECT_REASONS = ("照片看不清做了什么，请补拍", "这是自家的事，不算互助", "和上一次报的是同一件事")
