"""Annexes 2 and 3 of 晋民发〔2025〕14号, typed in: every cell of the form and how it is filled in, every material."""

from __future__ import annotations

import msgspec

_FORM = """
applicant.name | 姓名 | text | - | typed | required
applicant.gender | 性别 | code | gender | dropdown | required
applicant.ethnicity | 民族 | code | ethnicity | dropdown | required
applicant.id_number | 身份证号 | resident_id | - | typed | required
applicant.registered_address | 户籍地址 | address | - | typed | required
applicant.photo | 申请人照片 | photo | - | typed | optional
applicant.employment_status | 就业状况 | code | employment_status | dropdown | required
applicant.marital_status | 婚姻状况 | code | marital_status | dropdown | required
applicant.health_status | 身体状况 | code | health_status | dropdown | required
applicant.electronic_authorization | 是否电子授权 | boolean | - | dropdown | required
applicant.current_address | 现住址 | address | - | typed | required
applicant.housing_situation | 现住房情况 | code | housing_situation | dropdown | required
applicant.education | 文化程度 | code | education | dropdown | required
applicant.student_status | 学业状况 | code | student_status | dropdown | required
applicant.disability_certificate_number | 残疾证号 | disability_certificate | - | typed | optional
applicant.residence_type | 居住地性质 | code | residence_type | dropdown | required
applicant.household_size | 家庭人口数 | integer | - | typed | required
applicant.reason | 申请原因 | long_text | - | typed | required
applicant.reason_class | 申请原因类别 | codes | application_reason | dropdown | optional
applicant.repeat_application | 是否重复申请 | boolean | - | dropdown | required
applicant.disability_class | 残疾类别 | codes | disability_class | dropdown | optional
applicant.disability_grade | 残疾等级 | code | disability_grade | dropdown | optional
applicant.main_expenditure | 家庭主要支出情况 | codes | main_expenditure | dropdown | required
applicant.insurance_enrolment | 社保参保登记情况 | codes | insurance_enrolment | dropdown | required
applicant.insurance_payment | 社保缴费情况 | code | insurance_payment | dropdown | optional
applicant.other_circumstances | 其他情况 | codes | other_circumstances | dropdown | optional
applicant.labour_capacity | 劳动能力 | code | labour_capacity | dropdown | required
applicant.employer | 工作单位 | text | - | typed | optional
applicant.phone | 联系电话 | phone | - | typed | required
applicant.household_income | 家庭月(年)收入 | income | - | typed | required
applicant.staff_relation | 家庭成员近亲属中有无救助经办人员或村干部 | boolean | - | dropdown | required
applicant.staff_relation_detail | 近亲属姓名、单位及关系 | text | - | typed | optional
bank_account.holder | 开户人姓名 | text | - | typed | required
bank_account.holder_id_number | 身份证号 | resident_id | - | typed | required
bank_account.account_number | 银行账号 | bank_account | - | typed | required
bank_account.bank | 开户银行 | code | bank | dropdown | required
household_members[].name | 姓名 | text | - | typed | required
household_members[].id_number | 身份证号 | resident_id | - | typed | required
household_members[].relation | 与申请人关系 | code | relation | dropdown | required
household_members[].hukou_type | 户口性质 | code | hukou_type | dropdown | required
household_members[].marital_status | 婚姻状况 | code | marital_status | dropdown | required
household_members[].employment_status | 就业状况 | code | employment_status | dropdown | required
household_members[].student_status | 学业状况 | code | student_status | dropdown | required
household_members[].health_status | 身体状况 | code | health_status | dropdown | required
household_members[].education | 文化程度 | code | education | dropdown | required
household_members[].disability_class | 残疾类别 | codes | disability_class | dropdown | optional
household_members[].disability_grade | 残疾等级 | code | disability_grade | dropdown | optional
household_members[].serious_illness | 疾病种类 | code | serious_illness | dropdown | optional
household_members[].labour_capacity | 劳动能力 | code | labour_capacity | dropdown | required
household_members[].monthly_income | 月收入金额 | money | - | typed | required
assets.deposits | 银行存款 | money | - | typed | required
assets.securities | 有价证券(基金) | money | - | typed | required
assets.receivables | 债权 | money | - | typed | required
assets.commercial_insurance | 商业保险 | money | - | typed | required
assets.other_assets | 其他财产 | money | - | typed | required
assets.total | 财产合计 | money | - | computed | optional
assets.properties[].address | 房屋地址 | address | - | typed | required
assets.properties[].nature | 房屋性质 | code | house_nature | dropdown | required
assets.properties[].source | 房屋来源 | code | house_source | dropdown | required
assets.properties[].acquired_on | 购(建)时间 | date | - | typed | required
assets.properties[].floor_area | 建筑面积 | decimal_m2 | - | typed | required
assets.vehicles[].type | 机动车(船) | code | vehicle_type | dropdown | required
assets.vehicles[].model | 车(船)型号 | text | - | typed | optional
assets.vehicles[].plate | 车(船)号牌 | text | - | typed | required
assets.vehicles[].displacement | 排气量 | integer_ml | - | typed | optional
assets.vehicles[].purchased_on | 购买时间 | date | - | typed | required
assets.vehicles[].price | 购买金额 | money | - | typed | required
assets.business_registrations[].legal_representative | 法定代表人姓名 | text | - | typed | required
assets.business_registrations[].business_scope | 经营范围 | long_text | - | typed | required
assets.business_registrations[].registered_capital | 注册资本金 | money | - | typed | required
remarks | 其他需要说明的情况 | long_text | - | typed | optional
support_obligors[].name | 姓名 | text | - | typed | required
support_obligors[].gender | 性别 | code | gender | dropdown | required
support_obligors[].ethnicity | 民族 | code | ethnicity | dropdown | required
support_obligors[].id_number | 身份证号 | resident_id | - | typed | required
support_obligors[].marital_status | 婚姻状况 | code | marital_status | dropdown | required
support_obligors[].health_status | 身体状况 | code | health_status | dropdown | required
support_obligors[].relation | 与申请人关系 | code | relation | dropdown | required
support_obligors[].employment_status | 就业状况 | code | employment_status | dropdown | required
support_obligors[].serious_illness | 重病种类 | code | serious_illness | dropdown | optional
support_obligors[].disability_class | 残疾类别 | codes | disability_class | dropdown | optional
support_obligors[].disability_grade | 残疾等级 | code | disability_grade | dropdown | optional
support_obligors[].household_size | 家庭人口数 | integer | - | typed | required
support_obligors[].self_care_capacity | 生活自理能力 | code | self_care_capacity | dropdown | required
support_obligors[].hukou_type | 户口性质 | code | hukou_type | dropdown | required
support_obligors[].family_type | 赡(扶、抚)养家庭类型 | code | obligor_family_type | dropdown | required
support_obligors[].dependants_count | 赡(扶、抚)养人数 | integer | - | typed | required
support_obligors[].income | 月(年)收入 | income | - | typed | required
support_obligors[].support_due | 应负担赡(扶、抚)养费 | money | - | typed | required
application.items | 申请事项 | items | - | dropdown | required
application.consent.means_check | 家庭经济状况核查授权 | consent | - | dropdown | optional
application.consent.declaration | 如实申报承诺 | consent | - | dropdown | required
"""

#: Row, title, kind, form and the items concerned (none: all of them).
MATERIALS = (
    (1, "身份证明", "original", "scan_or_photo", None),
    (2, "户口簿", "original", "scan_or_photo", None),
    (3, "居住证", "original", "scan_or_photo", None),
    (4, "家庭经济状况核查授权书", "signed_or_electronic", "scan_or_electronic", None),
    (5, "教育、就医等刚性支出凭证", "original_or_copy", "scan_or_photo", ("low_income_identification", "temporary_assistance")),
    (6, "残疾证", "original", "scan_or_photo", ("low_income_identification",)),
)

#: Groups that can be repeated and how many rows they take at most.
GROUPS = {
    "household_members": 20,
    "assets.properties": 10,
    "assets.vehicles": 10,
    "assets.business_registrations": 10,
    "support_obligors": 20,
}


class Cell(msgspec.Struct, frozen=True):
    """One cell of the form."""

    field: str
    label: str
    kind: str
    codelist: str
    entry: str
    required: str


FORM = tuple(Cell(*(part.strip() for part in line.split("|"))) for line in _FORM.strip().splitlines())
