# ruff: noqa: E501
"""Lists as schools really send them: made by script, each with the outcome the reading gives it.

An outcome is "clean", "refused:code", or "level:code" of one finding that must be there.
"""

import csv
import io
from collections.abc import Callable
from datetime import date, datetime

from openpyxl import Workbook

from students.dictionary.fields import layout
from tests.old_workbooks import error_cell, uncalculated, xls
from tests.workbooks import column_of, id_number, pupil, saved, workbook

Made = tuple[Callable[[], bytes], str]
ORDER = [attribute for _, attribute in layout("v1")]
HEADERS = [header for header, _ in layout("v1")]


def text_list(rows, *, encoding: str, separator: str = ",") -> bytes:
    """Children as Excel saves them as text."""
    out = io.StringIO()
    write = csv.writer(out, delimiter=separator, lineterminator="\r\n")
    write.writerow(HEADERS)
    for cells in rows:
        write.writerow([cells.get(attribute, "") for attribute in ORDER])
    return out.getvalue().encode(encoding)


def one(attribute: str, cell: object, **others) -> Callable[[], bytes]:
    """A list of three children, in the second of which one cell is `cell`."""
    return lambda: workbook([pupil(1), pupil(2, **{attribute.replace(".", "__"): cell}, **others), pupil(3)])


def edited(change) -> Callable[[], bytes]:
    return lambda: workbook([pupil(n) for n in range(1, 4)], edit=change)


def cell_at(attribute: str, value: object, row: int = 3):
    def change(page):
        page.cell(row, column_of(attribute)).value = value

    return edited(change)


def as_number(page):
    """身份证件号 typed into a column of numbers."""
    for row in range(2, 5):
        place = page.cell(row, column_of("id_number"))
        place.value, place.number_format = float(str(place.value)[:15] + "000"), "0"


def with_totals(page):
    page.append([])
    page.append(["合计", "3人"])
    page.append(["制表人：李老师"])


def hidden_row(page):
    page.row_dimensions[3].hidden = True


def hidden_column(page):
    page.column_dimensions["C"].hidden = True


def two_lists() -> bytes:
    book = Workbook()
    for name in ("一年级", "二年级"):
        page = book.create_sheet(name)
        page.append(HEADERS)
        page.append([pupil(1).get(attribute) for attribute in ORDER])
    del book["Sheet"]
    return saved(book)


def shifted() -> bytes:
    """A column pasted one too far to the right in every row."""
    rows = [pupil(n) for n in range(15)]
    for row in rows:
        row["postcode"], row["phone"] = row["phone"], row["home_address"]
    return workbook(rows)


def twice() -> bytes:
    return workbook([pupil(1), pupil(2, id_number=pupil(1)["id_number"]), pupil(3)])


def without(attribute: str) -> Callable[[], bytes]:
    def drop(page):
        page.delete_cols(column_of(attribute))

    return edited(drop)


BIRTH = date(2017, 9, 4)
MALE, FEMALE = id_number(BIRTH, 1), id_number(BIRTH, 2)

ORDINARY: dict[str, Made] = {
    # 1, 2: numbers in cells of numbers
    "身份证号是数字": (edited(as_number), "error:number_cell_rounded"),
    "身份证号成了科学记数": (one("id_number", "2.11399E+17"), "error:number_cell_rounded"),
    "电话是数字": (cell_at("phone", 13800000000.0), "clean"),
    "邮编丢了前面的零": (cell_at("postcode", 12240), "fixed:zero_restored"),
    "学校标识码是数字": (cell_at("school_code", 2121000001), "clean"),
    # 3: letters and digits
    "身份证号全角": (one("id_number", "".join(chr(ord(c) + 0xFEE0) for c in pupil(2)["id_number"])), "fixed:id_tidied"),
    "身份证号末位是西里尔字母": (one("id_number", pupil(2)["id_number"][:17] + "Х"), "error:id_not_letter_x"),
    "身份证号有星号": (one("id_number", pupil(2)["id_number"][:14] + "****"), "error:id_format"),
    "身份证号校验位不对": (one("id_number", pupil(2)["id_number"][:17] + ("1" if pupil(2)["id_number"][17] != "1" else "2")), "error:id_check"),
    "身份证号少一位": (one("id_number", pupil(2)["id_number"][:17]), "error:id_length"),
    # 4, 5, 6: names
    "姓名中有空格": (one("name", "张　三 丰"), "fixed:name_tidied"),
    "姓名前有撇号": (one("name", "'张三丰"), "fixed:name_tidied"),
    "姓名有零宽字符": (one("name", "张\u200b三丰"), "fixed:name_tidied"),
    "姓名的点用了句点": (one("name", "其其格．娜仁"), "fixed:name_tidied"),
    "姓名有问号": (one("name", "张?丰"), "error:name_lost_character"),
    "姓名有方框": (one("name", "张□丰"), "error:name_lost_character"),
    "姓名是拼音代替": (one("name", "张YAN"), "error:name_pinyin"),
    "姓名有生僻字": (one("name", "张𬭼"), "clean"),
    "姓名为空": (one("name", None), "error:required"),
    "姓名有私用区字符": (one("name", "张\ue000丰"), "error:name_private_character"),
    # 7: dates of birth
    "出生日期带点": (one("birth_date", "2017.9.4"), "fixed:date_rewritten"),
    "出生日期带年月日": (one("birth_date", "2017年9月4日"), "fixed:date_rewritten"),
    "出生日期是日期格": (cell_at("birth_date", datetime(2017, 9, 4)), "fixed:date_rewritten"),
    "出生日期是序列号": (cell_at("birth_date", 42982), "fixed:date_rewritten"),
    "出生日期只有年月": (one("birth_date", "2017年9月"), "error:date_incomplete"),
    "出生日期两位年": (one("birth_date", "170904"), "error:date_two_digit_year"),
    "出生日期不存在": (one("birth_date", "20170231"), "error:date_impossible"),
    "出生日期与证件号不一致": (one("birth_date", "20170905"), "error:birth_mismatch"),
    "出生日期为空": (one("birth_date", None), "warning:birth_filled"),
    "出生日期是文字": (one("birth_date", "去年"), "error:date_unreadable"),
    # 8: months of entry
    "入学年月带横线": (one("entered_month", "2024-09"), "fixed:month_rewritten"),
    "入学年月是八月": (one("entered_month", "202408"), "warning:entry_month_unusual"),
    "入学年月看不懂": (one("entered_month", "上学期"), "error:month_unreadable"),
    # 9, 10, 11, 12, 13: words and codes
    "性别是代码": (one("sex", "1-男"), "fixed:code_recognised"),
    "性别不详": (one("sex", "不详"), "error:code_unknown"),
    "性别与证件号不一致": (one("sex", "女"), "error:sex_mismatch"),
    "民族是代码": (one("ethnicity", "01"), "fixed:code_recognised"),
    "民族写错": (one("ethnicity", "汗族"), "error:code_unknown"),
    "是否独生写作勾": (one("only_child", "√"), "fixed:code_recognised"),
    "是否独生看不懂": (one("only_child", "也许"), "error:code_unknown"),
    "留守儿童填是": (one("left_behind", "是"), "error:left_behind_kind"),
    "留守儿童填否": (one("left_behind", "否"), "fixed:code_recognised"),
    # 14: divisions
    "区划六位": (one("birth_division", "211322"), "fixed:division_widened"),
    "区划写地名": (one("birth_division", "辽宁省朝阳市建平县"), "fixed:division_resolved"),
    "区划不存在": (one("birth_division", "999999"), "error:division_unknown"),
    # 15, 16, 17, 18: sheets and headers
    "表头上面有标题": (lambda: workbook([pupil(1)], before=[["建平县学生名册"], []]), "clean"),
    "缺必填列": (without("ethnicity"), "error:missing_column"),
    "两列同名": (lambda: workbook([pupil(1)], headers={"homepage": "联系电话"}), "error:duplicate_column"),
    "有不认识的列": (lambda: workbook([pupil(1)], headers={"homepage": "班主任评语"}), "warning:unknown_column"),
    "第二版模板": (lambda: workbook([pupil(1)], version="v2"), "clean"),
    "国家系统导出": (lambda: workbook([pupil(1)], version="export"), "clean"),
    "两个工作表都是名册": (two_lists, "refused:several_sheets"),
    "没有表头": (edited(lambda page: page.delete_rows(1)), "refused:no_header"),
    "有隐藏行": (edited(hidden_row), "warning:hidden_rows"),
    "有隐藏列": (edited(hidden_column), "warning:hidden_column"),
    "表尾有合计和制表人": (edited(with_totals), "warning:ignored_row"),
    # 19, 20: formulas and errors
    "公式没有计算": (cell_at("home_address", '=CONCATENATE("a","b")'), "error:formula_uncalculated"),
    "错误值": (cell_at("class_number", "#N/A"), "error:error_cell"),
    # 21, 22: containers and encodings
    "旧版 xls": (lambda: xls([pupil(n) for n in range(5)]), "clean"),
    "旧版 xls 有错误值": (lambda: xls([pupil(1), pupil(2)], more=error_cell(1, column_of("phone") - 1)), "error:error_cell"),
    "旧版 xls 公式没有计算": (lambda: xls([pupil(1)], more=uncalculated(1, column_of("phone") - 1)), "error:formula_uncalculated"),
    "旧版 xls 声明整张表": (lambda: xls([pupil(1)], claims=(65_536, 256)), "clean"),
    "CSV GB18030": (lambda: text_list([pupil(1, name="张㛃")], encoding="gb18030"), "clean"),
    "CSV UTF-8": (lambda: text_list([pupil(1)], encoding="utf-8-sig"), "clean"),
    "CSV UTF-8 无标记": (lambda: text_list([pupil(1)], encoding="utf-8"), "clean"),
    "Unicode 文本": (lambda: text_list([pupil(1)], encoding="utf-16", separator="\t"), "clean"),
    "CSV 分号": (lambda: text_list([pupil(1)], encoding="utf-8-sig", separator=";"), "clean"),
    "CSV 中证件号丢了三位": (lambda: text_list([pupil(1, id_number="2.11399E+17")], encoding="gb18030"), "error:number_cell_rounded"),
    "CSV 用公式护住号码": (lambda: text_list([pupil(1, id_number='="' + pupil(1)["id_number"] + '"')], encoding="gb18030"), "clean"),
    "CSV 引号不成对": (lambda: text_list([pupil(1)], encoding="utf-8") + b'"' + b"x\n" * 50, "refused:row_too_large"),
    "网页改名 xls": (lambda: "<html><table><tr><td>姓名</td></tr></table></html>".encode(), "refused:html"),
    "XML 表格 2003": (lambda: b'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook/>', "refused:html"),
    "单个网页文件": (lambda: b"MIME-Version: 1.0\r\nContent-Type: multipart/related\r\n", "refused:html"),
    "空文件": (lambda: b"", "refused:empty"),
    "PDF": (lambda: b"%PDF-1.7\n%\xe2\xe3", "refused:not_workbook"),
    "照片": (lambda: b"\xff\xd8\xff\xe0\0\x10JFIF", "refused:not_workbook"),
    # 23, 27, 28: rows and columns against one another
    "同一证件号两行": (twice, "error:duplicate_id"),
    "整列错位": (shifted, "error:column_shifted"),
    "班号不存在": (one("class_number", "2024级9班"), "error:class_unknown"),
    "班号写作汉字": (one("class_number", "一班"), "clean"),
    # 29, 30, 31: telephones, distances, validity
    "两个电话": (one("phone", "13800000000、13900000000"), "warning:phone_several"),
    "电话看不懂": (one("phone", "无"), "warning:phone_format"),
    "距离带单位": (one("school_distance", "500米"), "fixed:distance_converted"),
    "距离很远": (one("school_distance", "80"), "warning:distance_far"),
    "距离看不懂": (one("school_distance", "不远"), "error:distance_unreadable"),
    "有效期看不懂": (one("id_validity", "十年"), "error:validity_unreadable"),
    # 35: long text
    "住址太长": (one("home_address", "和平村" * 200), "error:too_long"),
    "住址有换行": (one("home_address", "建平镇\n和平村1组"), "fixed:text_tidied"),
}  # fmt: skip
