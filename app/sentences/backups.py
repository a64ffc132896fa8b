"""What is said when a backup or a restore cannot be done."""

from flask_babel import lazy_gettext as _

SENTENCES = {
    "backup_file_exists": _("%(path)s 已经有了，不会覆盖。请换一个文件名。"),
    "backup_folder_missing": _("没有文件夹 %(path)s，请先建好。"),
    "backup_tool_missing": _("没有找到 %(tool)s。请安装 PostgreSQL 的客户端程序（Debian：apt-get install postgresql-client）。"),
    "backup_tool_too_old": _("%(tool)s 是 %(version)s 版，数据库是 %(server)s 版。请安装不低于数据库版本的客户端程序。"),
    "backup_failed": _("没有备份成：%(text)s"),
    "restore_failed": _("没有恢复成，数据库还是原来的样子：%(text)s"),
    "backup_not_readable": _("%(path)s 不是完整的备份文件。"),
    "backup_damaged": _("备份里的 %(name)s 坏了或者缺了，什么都没有动。请换一份备份。"),
    "backup_of_other_database": _("这份备份不是 %(wanted)s 数据库的，不能恢复到这里。"),
    "database_not_empty": _("数据库里已经有数据，不会覆盖。请先备份，停下网站，确定不要了再加 --force-empty。"),
    "media_not_empty": _("照片文件夹 %(path)s 里已经有文件，不会覆盖。确定要换就加 --force-empty，原来的会移到旁边。"),
}  # fmt: skip
