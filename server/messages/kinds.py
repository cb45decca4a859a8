"""Words that field kinds use when they show a value."""

from __future__ import annotations

YUAN = "元"
YUAN_MARKS = ("元", "圆", "¥")
LIST_COMMA = "、"
YES = "是"
NO = "否"
AGREED = "已同意"
NOT_AGREED = "未同意"
PERIODS = {"month": "月", "year": "年"}


def show_date(text: str) -> str:
    """An ISO day as people write it; other text unchanged."""
    parts = text.split("-")
    if len(parts) != 3 or not all(part.isdigit() for part in parts):
        return text
    return f"{int(parts[0])}年{int(parts[1])}月{int(parts[2])}日"
