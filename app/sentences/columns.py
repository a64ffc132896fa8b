"""What the fields of a sheet are called: the column names that a village would write."""

from flask_babel import lazy_gettext as _

COLUMNS = {
    "roster": {
        "household_number": _("户号"), "grid": _("网格"), "address": _("住址"), "name": _("姓名"),
        "relation": _("与户主关系"), "gender": _("性别"), "birth_year": _("出生年份"), "phone": _("手机号"),
        "is_party_member": _("是否党员"), "employer": _("工作单位"),
    },
    "rules": {
        "code": _("编号"), "category_zh": _("类别"), "category_en": _("类别（英文）"), "name_zh": _("名称"),
        "name_en": _("名称（英文）"), "unit_zh": _("单位"), "unit_en": _("单位（英文）"), "score": _("积分种类"),
        "points_min": _("最低分"), "points_default": _("默认分"), "points_max": _("最高分"), "cap_count": _("上限"),
        "cap_unit": _("上限单位"), "cap_period": _("上限周期"), "evidence_zh": _("佐证"),
        "evidence_en": _("佐证（英文）"), "photo": _("照片"), "reporters": _("申报人"), "review_path": _("评议方式"),
        "note_zh": _("说明"), "note_en": _("说明（英文）"), "example_zh": _("例子"), "example_en": _("例子（英文）"),
    },
    "catalogue": {
        "code": _("编号"), "kind": _("种类"), "name_zh": _("名称"), "name_en": _("名称（英文）"), "points": _("积分"),
        "reference_yuan": _("参考价"), "unit_zh": _("单位"), "unit_en": _("单位（英文）"), "limit_count": _("限量"),
        "limit_period": _("限量周期"), "person_limit_count": _("每人限量"),
        "person_limit_period": _("每人限量周期"), "partner": _("合作商户"), "voucher_days": _("券几天内有效"),
        "barcode": _("条码"), "icon": _("图标"), "detail_zh": _("说明"), "detail_en": _("说明（英文）"),
    },
    "relations": {
        "name_a": _("甲方姓名"), "household_a": _("甲方户号"), "phone_a": _("甲方手机号"),
        "name_b": _("乙方姓名"), "household_b": _("乙方户号"), "phone_b": _("乙方手机号"), "relation_kind": _("关系"),
    },
}  # fmt: skip

# Fields of different sheets that share a name share its label, so one table serves sentences that name a field.
LABELS = {field: label for columns in COLUMNS.values() for field, label in columns.items()}

# The words a cell may hold, by the code the reader makes of them.
WORDS = {
    "redeemable": _("可兑换"), "honour": _("荣誉"), "conduct": _("行为"),
    "times": _("次"), "points": _("分"),
    "week": _("周"), "month": _("月"), "quarter": _("季度"), "year": _("年"), "event": _("事件"),
    "none": _("不要"), "optional": _("可选"), "required": _("必须"),
    "self": _("本人"), "neighbour": _("邻居"), "grid_worker": _("网格员"), "activity_leader": _("活动负责人"),
    "mediator": _("调解员"), "staff": _("工作人员"),
    "panel": _("评议"), "attendance": _("签到"), "panel_and_second_level": _("评议并复核"),
    "goods": _("物品"), "service": _("服务"), "policy": _("政策"), "time credit": _("时间币"), "transfer": _("转赠"),
    "relative": _("近亲属"), "same_employer": _("同一单位"), "employs": _("雇用"), "helper": _("帮办"),
}  # fmt: skip

FILE_KINDS = {
    "xls": _("旧版的 Excel 文件（.xls）"), "et": _("WPS 自己的格式（.et）"), "pdf": _("PDF 文件"), "image": _("图片"),
    "document": _("文字文档"), "ods": _("ODS 表格"), "archive": _("压缩包"), "web_page": _("网页"),
    "unknown": _("认不出的文件"),
}  # fmt: skip

ENCODINGS = {
    "utf-8": "UTF-8", "gb18030": "GB18030", "utf-16-le": "UTF-16", "utf-16-be": "UTF-16",
}  # fmt: skip
