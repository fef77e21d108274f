"""What a family says that asks the bureau for a school, as far as no story cares."""

from datetime import date

PLACED = {
    "child_name": "样例外",
    "sex": "2",
    "birth_date": date(2018, 3, 2),
    "guardian_name": "样例父",
    "phone": "13900000000",
    "ground": "T1",
    "grade": 3,
    "present_school": "宁城县实验小学",
    "residence": "叶柏寿街道样例路1号",
    "residence_proof": "租房合同",
}
