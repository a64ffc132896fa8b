"""Refusals of the ledger."""

from flask_babel import lazy_gettext as _

SENTENCES = {
    "exceeds_credits": _("积分不够。"),
    "debit_account_closed": _("这个账户已经停用。"),
    "credit_account_closed": _("对方账户已经停用。"),
    "debit_account_not_found": _("没有找到扣出积分的账户。"),
    "credit_account_not_found": _("没有找到记入积分的账户。"),
    "account_not_found": _("没有找到这个账户。"),
    "accounts_must_be_different": _("转出和转入不能是同一个账户。"),
    "accounts_must_be_set": _("转出和转入的账户都要写明。"),
    "accounts_must_have_the_same_unit": _("两个账户的单位不一样，不能互转。"),
    "pending_transfer_not_found": _("没有找到原来的占用记录。"),
    "pending_transfer_not_pending": _("这一笔不是占用，不能入账或撤销。"),
    "pending_transfer_has_different_debit_account": _("转出账户和原来的占用不一样。"),
    "pending_transfer_has_different_credit_account": _("转入账户和原来的占用不一样。"),
    "exceeds_pending_transfer_amount": _("数量超过了原来的占用。"),
    "pending_transfer_has_different_amount": _("数量和原来的占用不一样。"),
    "pending_transfer_already_posted": _("这一笔已经入账。"),
    "pending_transfer_already_voided": _("这一笔已经撤销。"),
    "pending_transfer_expired": _("这一笔占用已经过期。"),
    "id_already_failed": _("这次请求先前没有成功，请重新发起一次。"),
    "transfer_not_found": _("没有找到这一笔。"),
    "transfer_not_posted": _("这一笔还没有入账，不能冲正。"),
    "transfer_already_reversed": _("这一笔已经冲正过了。"),
    "reversal_would_overdraw": _(
        "账户里只剩 %(left)s 分，不够冲正 %(amount)s 分；需要两个人确认并写明理由。"
    ),
    "nothing_left_to_reverse": _("账户里已经没有积分可以冲正。"),
    "second_person_needed": _("需要另一个人一起确认。"),
    "reason_needed": _("请写明理由。"),
    "kind_must_be_known": _("不认识这种记账方式。"),
    "pending_id_must_be_set": _("要写明是哪一笔占用。"),
    "pending_id_must_be_empty": _("这种记账不能带占用编号。"),
    "pending_id_must_be_different": _("占用编号不能是它自己。"),
    "clock_reserved_for_pending_transfer": _("只有占用才能带时限。"),
    "only_one_clock": _("到期和自动入账只能选一个。"),
    "amount_must_be_set": _("请填写数量。"),
    "amount_must_be_whole": _("请填写整数。"),
    "amount_must_be_positive": _("数量要大于 0。"),
    "amount_too_large": _("数量太大了。"),
    "amount_not_whole": _("请填写整数，不带小数点。"),
    "amount_negative": _("不能填负数。"),
    "amount_not_a_number": _("请用 0 到 9 的数字填写。"),
    "amount_missing": _("请填写数量。"),
    "amount_too_small": _("最少填 %(least)s。"),
    "budget_needs_reason": _("请写明这笔预算的来由。"),
}
for _kind in (
    "kind", "debit", "credit", "amount", "pending", "expires_at", "code", "ref_kind", "ref", "reverses", "done_on",
):  # fmt: skip
    SENTENCES[f"exists_with_different_{_kind}"] = _("同一个编号已经记过一笔不一样的账。")
