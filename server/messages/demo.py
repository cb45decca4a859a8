"""Words of the demonstration's page that Python chooses."""

from __future__ import annotations

CLOCK_MOVED = "时钟已经拨快，到期的事已经办了。"

#: Names of the officials and administrators of a demonstration; none of them is a real person.
DEMO_NAMES = (
    *("王秀兰", "李建军", "张晓梅", "刘志强", "陈玉芳", "杨国平", "赵丽娟", "黄文斌", "周海燕", "吴成林"),
    *("徐慧敏", "孙立新", "马春霞", "朱永福", "胡雅琴", "郭振华", "何淑珍", "高明远", "林桂香", "罗少峰"),
)
PROVINCE_ADMINISTRATOR = "省级管理员"
PROVINCE_APPROVER = "省级核准人"
CITY_ADMINISTRATOR = "市级管理员"
CITY_APPROVER = "市级核准人"
DEMO_APPLICANT = "申请人"
#: After the first few places of an office that works in many.
MORE_PLACES = "等 {count} 处"

#: The word for a sample as a picture of 48 by 26 points, a row of bits each: not every machine has a Chinese font.
SAMPLE_MARK = (
    *("000000000000", "0c081008000c", "0e1c1c0ffe0e", "0e1c381dfe0e", "0e1e381dfeee", "0e0c781c70ee", "7fbffe38e0ee"),
    *("7fbffe38e0ee", "7fbffc38feee", "0e01c078feee", "1e01c079feee", "1f3ffc79ceee", "1fbffc79ceee", "3f9ffc1b8eee"),
    *("3f81c01ffcee", "7f01c01bfcee", "7e7ffe187cee", "7e7ffe1838ee", "6e7ffe1838ce", "0e01c018780e", "0e01c018700e"),
    *("0e01c018f00e", "0e01c019e0fc", "0e01c019c07c", "0c01c0188070", "000000000000"),
)
