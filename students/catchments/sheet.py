"""The map as the bureau keeps it: 村（社区）代码, 村（社区）名称, 乡镇, 学校标识码 or 校名, 学段."""

from dataclasses import dataclass

from ..importing.listing import Column, Listing, ListSheet, read_list

CODE, NAME, TOWNSHIP, SCHOOL_CODE, SCHOOL, STAGE = "code", "name", "township", "school_code", "school", "stage"


@dataclass(slots=True)
class Line:
    """One village and one school of one stage, as the sheet has it."""

    row: int
    code: str = ""
    name: str = ""
    township: str = ""
    school_code: str = ""
    school: str = ""
    stage: str = ""


CATCHMENTS = Listing(
    title="学区划分表",
    columns=(
        Column(CODE, "村（社区）代码", ("村（社区）代码", "村社区代码", "村代码", "社区代码", "区划代码")),
        Column(NAME, "村（社区）名称", ("村（社区）名称", "村社区名称", "村（社区）", "村名称", "村名")),
        Column(TOWNSHIP, "乡镇", ("乡镇", "乡镇街道", "乡镇（街道）", "所属乡镇")),
        Column(SCHOOL_CODE, "学校标识码", ("学校标识码", "学校代码")),
        Column(SCHOOL, "校名", ("校名", "学校", "学校名称")),
        Column(STAGE, "学段", ("学段",)),
    ),
    needs=((CODE,), (NAME,), (SCHOOL_CODE, SCHOOL), (STAGE,)),
    line=Line,
)


def read_map(data: bytes) -> ListSheet:
    """Read an uploaded map. Raises WorkbookRefused when it is none or cannot be opened."""
    return read_list(data, CATCHMENTS)
