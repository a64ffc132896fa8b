"""Masking: what strangers may read of a name or a phone."""

from __future__ import annotations


def mask_name(name: str) -> str:
    """张玉兰 -> 张*兰, 张三 -> 张*, 欧阳建国 -> 欧**国; one character stays as a star."""
    letters = name.strip()
    if len(letters) <= 1:
        return "*"
    if len(letters) == 2:
        return f"{letters[0]}*"
    return f"{letters[0]}{'*' * (len(letters) - 2)}{letters[-1]}"


def mask_phone(phone: str | None) -> str:
    """13812345678 -> 138****5678; empty for no phone."""
    return f"{phone[:3]}****{phone[-4:]}" if phone else ""
