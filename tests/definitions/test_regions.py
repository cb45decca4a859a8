"""Region codes and the tree they form, also where a level is missing."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from server.definitions.regions import RegionTree, code_at, contains, level_of, parent_code

#: A province with a city of counties and a city of townships only, a municipality, a county right below a province.
TREE = RegionTree(
    {
        "110000": "北京市",
        "110101": "东城区",
        "110101001": "东华门街道",
        "410000": "河南省",
        "410100": "郑州市",
        "410102": "中原区",
        "419001": "济源市",
        "440000": "广东省",
        "440100": "广州市",
        "440103": "荔湾区",
        "440103001": "沙面街道",
        "440103001002": "翠洲社区居委会",
        "441900": "东莞市",
        "441900003": "东城街道",
        "450000": "广西壮族自治区",
    }
)
CODES = st.sampled_from(["110000", "110100", "110101", "441900", "441900003", "440103001", "440103001002", "419001", "450000"])


def test_counties_stand_below_their_city_below_their_province_or_for_themselves() -> None:
    assert TREE.districts() == (
        ("", ("450000",)),
        ("110000", ("110101",)),
        ("410000", ("419001",)),
        ("410100", ("410102",)),
        ("440000", ("441900",)),
        ("440100", ("440103",)),
    )


def test_a_level_without_names_is_passed_over() -> None:
    assert TREE.children("") == ("110000", "410000", "440000", "450000")
    assert TREE.children("110000") == ("110101",)
    assert TREE.children("410000") == ("410100", "419001")
    assert TREE.children("441900") == ("441900003",)
    assert TREE.full_name("110101001") == "北京市东城区东华门街道"
    assert TREE.full_name("999999") == "999999"


@given(CODES)
def test_a_region_lies_in_each_region_of_its_path_and_at_the_level_of_its_code(code: str) -> None:
    path = TREE.path(code)
    assert path[-1] == code
    assert [parent_code(one) for one in path] == [None, *path[:-1]]
    for upper in path:
        assert contains(upper, code)
        assert contains(code, upper) == (upper == code)
        assert code_at(code, level_of(upper)) == upper
