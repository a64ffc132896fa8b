"""What is said about files that a village hands over: the file as a whole, one cell, and what was noticed on the way."""

from flask_babel import lazy_gettext as _

SENTENCES = {
    # the file
    "upload_missing": _("请先选一个文件。"),
    "upload_gone": _("这份文件已经不在了（最多留一天，或者已经导入）。请重新上传。"),
    "file_too_large": _(
        "文件有 %(bytes)s，太大了，最大 %(limit_bytes)s。请删去用不到的工作表，或分几次导入。"
    ),
    "file_empty": _("这个文件里什么都没有。请打开看一下，保存后再上传。"),
    "file_kind_not_read": _("这是%(kind)s，读不了。请用表格软件打开，另存为 .xlsx 或 .csv，再上传。"),
    "file_protected": _("这个表格加了密码，打不开。请取消密码，另存一份再上传。"),
    "file_renamed": _(
        "这个文件叫 %(extension)s，里面却不是 Excel 表格。请用表格软件打开，另存为 .xlsx 再上传。"
    ),
    "file_damaged": _("这个文件坏了，打不开。请从原来的地方重新拷一份。"),
    "file_unpacks_too_large": _("这个表格解开后超过 %(limit_bytes)s。请删去图片和用不到的工作表再上传。"),
    "too_many_cells": _("表格里的格子超过 %(limit)s 个。请删去空白区域和用不到的工作表再上传。"),
    "too_many_rows": _("这张表有 %(rows)s 行，一次最多 %(limit)s 行。请分几次导入。"),
    "too_many_columns": _("这张表有 %(columns)s 栏，最多 %(limit)s 栏。请删去用不到的栏目再上传。"),
    "text_unreadable": _("第 %(line)s 行有认不出的字。请用记事本打开，另存为“UTF-8”编码，再上传。"),
    "quotes_broken": _("第 %(line)s 行的引号没有配对，后面的分不清栏目。请改好再上传。"),
    "header_not_found": _("没有找到表头。表里最前面写着：%(found)s。请在第一行写上栏目名，再上传。"),
    "sheet_not_found": _("没有叫“%(sheet)s”的工作表。这份表格里有：%(sheets)s。"),
    "columns_missing": _("表头里缺少：%(missing)s。现在有的栏目是：%(found)s。请补上再上传。"),
    "no_rows": _("表头下面一行内容也没有。"),
    "rows_need_choice": _("还有 %(count)s 行没看懂。请选“全部改好再来”，或者“只导入好的”。"),
    "reading_changed": _("登记册刚刚有了变动，现在能导入的是 %(count)s 行。请再看一遍再决定。"),
    "no_good_rows": _("没有一行可以导入。请按下面的说明改好，再上传。"),
    # a cell
    "text_missing": _("没有填。"),
    "text_too_long": _("太长了，最多 %(limit)s 个字。"),
    "text_garbled": _("里面有乱码，请照原件重新填写。"),
    "word_missing": _("没有填。可以填：%(allowed)s。"),
    "word_not_known": _("看不懂。可以填：%(allowed)s。"),
    "cell_error": _("这一格的公式出了错，请改成算好的内容。"),
    "formula_without_value": _("这一格是公式，文件里没有算好的结果。请用表格软件打开，保存一次再上传。"),
    "code_missing": _("没有填编号。"),
    "code_not_valid": _("编号要用字母和数字，像 ENV-01 或 I01。"),
    "barcode_not_valid": _("条码只能是 4 到 32 位的数字、字母和短横线。"),
    "barcode_twice": _("条码和第 %(first_line)s 行重复。"),
    "not_for_this_kind": _("这一类的货品不用填这一栏，请空着。"),
    "code_twice": _("编号和第 %(first_line)s 行重复。"),
    "points_out_of_order": _("最低分 %(least)s、默认分 %(default)s、最高分 %(most)s，要从小到大。"),
    "cap_incomplete": _("上限要填全，还缺：%(missing)s；不设上限就都空着。"),
    "limit_incomplete": _("限量要填全，还缺：%(missing)s；不限量就都空着。"),
    "icon_not_valid": _("图标名只能用小写字母、数字和连字符；不知道就空着。"),
    "amount_too_fine": _("最多写到分，也就是两位小数。"),
    # the rule book and the catalogue as a whole
    "rules_empty": _("规则表里一条规则也没有。"),
    "rules_too_many": _("规则太多了，最多 %(most)s 条。"),
    "rules_not_carried": _("赞成的票数没有超过反对的票数，这份规则没有通过，不能生效。"),
    "rules_date_taken": _("已经有一份不同的规则从 %(day)s 起生效。请换一个生效日期。"),
    "rules_before_last_version": _("上一份规则从 %(day)s 起生效，新的一份不能比它早。"),
    "item_not_orderable": _("荣誉和转赠不能下单，不用上架。"),
}

# Things a person should look at, though the row is taken: by the code of a RowWarning.
WARNINGS = {
    "address_differs": _("%(household)s 户的住址和第 %(first_line)s 行不一样（这一行写的是 %(value)s），以先写的为准。"),
    "same_name_in_household": _("%(household)s 户有两位%(name)s（另一位在第 %(first_line)s 行），出生年份不同，当作两个人。"),
    "no_head": _("%(household)s 户没有写户主。"),
    "head_refused": _("%(household)s 户的户主这一行没看懂，其他人可以先导入。"),
    "household_numbers_alike": _("户号 %(household)s 和第 %(first_line)s 行的 %(other)s 很像，当作两户。是一户就请改成一样。"),
}  # fmt: skip

# What was done with the file as a whole: by the code of a Note.
NOTES = {
    "encoding": _("文字编码是 %(encoding)s。"),
    "sheet_chosen": _("读的是工作表“%(sheet)s”。没有读的有：%(others)s。"),
    "sheet_also_has_rows": _("工作表“%(sheet)s”里也有 %(rows)s 行像是要导入的内容，请另外导入一次。"),
    "sheet_is_hidden": _("读的工作表“%(sheet)s”在表格里是隐藏的。"),
    "hidden_columns_read": _("隐藏的栏目也读了：%(columns)s。"),
    "hidden_rows_read": _("隐藏的%(lines)s也读了。"),
    "red_rows": _("%(lines)s标了红色，也读了。如果红色表示作废，请删去再上传。"),
    "repeated_header_skipped": _("%(lines)s是重复的表头，跳过了。"),
    "merged_cells_filled": _("有 %(cells)s 格是合并单元格，按合并前第一格的内容补齐了。"),
    "column_twice": _("“%(field)s”有好几栏：用了“%(used)s”，没有用%(unused)s。"),
    "columns_not_read": _("这些栏目用不上，没有读：%(columns)s。"),
    "blank_rows_skipped": _("%(lines)s是空的，跳过了。"),
    "sum_rows_skipped": _("%(lines)s是合计，跳过了。"),
    "footer_rows_skipped": _("%(lines)s是表尾的说明，跳过了。"),
    "household_filled_down": _("%(lines)s没有户号，跟着上面的户主算一户。"),
    "grid_from_title": _("表里没有网格一栏，按标题里写的“%(grid)s”算。"),
    "relation_column_missing": _("表里没有“与户主关系”一栏，分不出谁是户主。"),
}
