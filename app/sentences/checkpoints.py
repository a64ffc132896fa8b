"""Refusals of the seals."""

from flask_babel import lazy_gettext as _

SENTENCES = {
    "sealed_tree_damaged": _(
        "已经封好的账和上次封的不一样，没有再封。请运行 checkpoints check，看是哪一条。"
    ),
    "seal_key_missing": _(
        "封账的钥匙文件 %(path)s 不见了。请从保管的地方拷回来；真的丢了，再运行 checkpoints seal --new-key。"
    ),
    "seal_key_unreadable": _("封账的钥匙文件 %(path)s 读不出来。"),
    "checkpoint_not_found": _("没有这一次封账。请核对一下号码。"),
    "entry_not_sealed": _("这一条还没有封账，每天封一次，请明天再看。"),
}
