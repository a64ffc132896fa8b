"""The rules of giving, pure.

Points are given, never sold. A household earns about ten points a month, so a gift of twenty is already large; the limits
stop points from being gathered in one hand or traded for money, and leave room for helping a neighbour out. The care
pool takes any amount: it belongs to nobody.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from points.rules.forbidden import ANY, BANS, Ban

# Points between households, of one giver's and of one receiver's wallet.
MOST_GIVEN_A_DAY, MOST_GIVEN_A_MONTH = 20, 40
MOST_GOT_A_DAY, MOST_GOT_A_MONTH = 20, 40
LONGEST_NOTE = 60
# So far back the supervisor sees who gave to whom and got back from them.
LOOKED_AT = timedelta(days=30)

_SALE = Ban(
    "sells_points", ANY,
    r"\d+(?:\.\d+)?\s*[元块¥￥]|[¥￥]\s*\d|[一二两三五十百]+[块元]钱?|块钱|现金|红包|微信(?:转|给|收|付)|支付宝|转账|收款|付款|欠(?:的)?款|借款"
    r"|(?:买|卖|出售|收购|回收|求购)(?:你的?|您的?|我的?)?(?:积分|分)|\b(?:rmb|yuan|cash|sell|buy|pay)\b",
    refuses=("给我 20 元", "微信转你", "换现金", "发你红包", "卖积分", "两块钱一分", "I sell these", "￥30"),
    passes=("谢谢您帮我看孩子", "祝早日康复", "买菜时多亏您", "微信里说过的那件事，多谢", "a small thank-you", "块头大，多吃点"),
)  # fmt: skip
MONEY_WORDS = (_SALE, *(ban for ban in BANS if ban.code == "pays_money"))


def money_word(note: str) -> str | None:
    """The words of a note that speak of money; None when it may stand."""
    return next((found for ban in MONEY_WORDS if (found := ban.finds(note))), None)


@dataclass(frozen=True)
class Given:
    """Points that went from the giver's wallet and to the receiver's, to and from households, today and this month."""

    from_today: int
    from_month: int
    to_today: int
    to_month: int


def over_limit(points: int, given: Given) -> tuple[str, int] | None:
    """The first limit that ``points`` more would pass, as the code of the refusal, and how many are left under it."""
    for code, most, there in (
        ("gift_day_limit", MOST_GIVEN_A_DAY, given.from_today),
        ("gift_month_limit", MOST_GIVEN_A_MONTH, given.from_month),
        ("gift_day_limit_of_other", MOST_GOT_A_DAY, given.to_today),
        ("gift_month_limit_of_other", MOST_GOT_A_MONTH, given.to_month),
    ):
        if there + points > most:
            return code, max(0, most - there)
    return None
