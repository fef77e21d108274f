"""Pinyin of a name for search and order: surnames read as surnames (曾 zeng, 单 shan), the rest as usual."""

from functools import lru_cache

from pypinyin import Style, lazy_pinyin

SURNAMES = {
    "曾": "zeng",
    "单": "shan",
    "仇": "qiu",
    "解": "xie",
    "查": "zha",
    "盖": "ge",
    "区": "ou",
    "朴": "piao",
    "任": "ren",
    "华": "hua",
    "尉": "wei",
    "覃": "qin",
    "缪": "miao",
    "乐": "yue",
    "繁": "po",
    "员": "yun",
}


@lru_cache(maxsize=50_000)
def syllables(character: str) -> str:
    return "".join(lazy_pinyin(character, style=Style.NORMAL, errors="ignore", v_to_u=False))


def _spelled(name: str) -> list[str]:
    return [SURNAMES.get(c, syllables(c)) if i == 0 else syllables(c) for i, c in enumerate(name)]


def spellings_of(name: str) -> tuple[str, str]:
    """Pinyin and initials: '张三' → ('zhangsan', 'zs')."""
    spelled = _spelled(name)
    return "".join(spelled)[:120], "".join(s[0] for s in spelled if s)[:30]


def pinyin_of(name: str) -> str:
    """'张三' → 'zhangsan'."""
    return spellings_of(name)[0]


def initials_of(name: str) -> str:
    """'张三' → 'zs'."""
    return spellings_of(name)[1]
