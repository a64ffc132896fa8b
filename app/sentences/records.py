"""Refusals about records and their photos."""

from flask_babel import lazy_gettext as _

SENTENCES = {
    "done_on_in_future": _("日期在今天以后。请填做这件事的那一天。"),
    "done_on_too_long_ago": _("只能报最近 %(days)s 天里的事，这一天太早了。"),
    "rule_not_in_force": _("那一天的规则里没有这一项，请换一天或换一件。"),
    "quantity_not_counted": _("这一件按一次算，数量请填 1。"),
    "quantity_too_large": _("一天最多算 %(most)s，请改小一些；不是同一天的，分开报。"),
    "note_too_long": _("说明最多 %(most)s 个字，请写短一些。"),
    "photo_required": _("这一件要有照片，请拍一张或从相册里选。"),
    "photo_used_before": _("这张照片已经用在别的记录上了，请换一张当时拍的。"),
    "nobody_named": _("还没有选是谁做的，请至少选一个人。"),
    "too_many_members": _("一次最多报 %(most)s 人，请分几次报。"),
    "deduction_needs_due_process": _("扣分的事不能这样报，要先提醒、听本人说明，再由评议会处理。"),
    "may_not_report": _("这一件不能由您来报，请找网格员或带队的人。"),
    "household_not_found": _("没有找到这一户。"),
    "evidence_not_found": _("照片没有找到，请重新选一次。"),
    "duplicate_record": _("%(name)s 这一天的这件事已经报过了，不用再报。"),
    "cap_reached": _("%(name)s 的这件事，这一期已经记满了，下一期再报。"),
    "record_not_found": _("没有找到这条记录。"),
    "record_not_withdrawable": _("这一条已经在评议了，不能再撤回。"),
    "photo_too_large": _("照片太大了，每张最大 %(most)s MB，请换一张小一些的。"),
    "photo_too_many_pixels": _(
        "照片有 %(megapixels)s 百万像素，最多 %(most)s 百万像素。请把相机的照片大小调小一档再拍，或截屏后再选。"
    ),
    "photo_is_heic": _(
        "这是苹果手机的 HEIC 照片，这里打不开。请在「设置 → 相机 → 格式」里选「兼容性最佳」再拍，"
        "或者在相册里把它截屏后再选。"
    ),
    "photo_not_an_image": _("这个文件不是照片。请选 JPEG、PNG 或 WebP 格式的照片。"),
    "photo_damaged": _("这张照片打不开，可能没有传完。请重新选一次，或换一张。"),
    "too_many_photos": _("最多放 %(most)s 张照片，请少选几张。"),
    "code_not_ours": _("这不是本村的卡。请再扫一次，或按姓名查找。"),
}
