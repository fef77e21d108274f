"""Invented names of children, parents and staff, from short lists of our own."""

from random import Random

SURNAMES = (
    "王李张刘陈杨赵孙马高于郭朱徐宋韩冯曹许邓曾萧田董潘袁蔡蒋余杜苏魏程吕丁任卢姚沈崔谭陆范石"
    "廖贾韦付方邹熊白孟秦邱江尹薛闫段雷侯龙史陶黎贺顾龚邵万钱严覃武戴莫孔向汤单仇解华包乌那佟关"
)
BOYS = "浩宇泽轩铭瑞博睿嘉诚子航志远俊杰文昊天佑明哲一鸣家乐思源宏伟国梁建业旭东晨阳立新振华永强"
GIRLS = "欣怡雨桐诗涵梓萱佳慧思琪梦瑶可馨若曦静雯晓彤雅婷语嫣嘉悦美琳子涵紫菱婉清春燕秀兰月明玉洁"
BOTH = "安宁然希禾乐一子文晨星辰思学知远逸清和若书言宸沐"
ELDER_MEN = "建国志强卫东海军立军国庆振海文革永军玉林德福宝山长江喜柱凤山"
ELDER_WOMEN = "秀英桂兰淑华玉梅凤霞丽娟春梅素芬红艳晓丽海燕秀梅艳玲桂荣"

# Characters outside the common fonts, and one long Mongolian name: lists, searches and prints must bear them.
RARE_NAMES = (("王㛃", "2"), ("赵䶮", "1"), ("李𬭼", "1"), ("刘𠅤然", "1"), ("其其格·娜仁托娅", "2"))


def child_name(rng: Random, sex: str, surname: str) -> str:
    """A surname and one or two syllables fitting the sex ('1' boy, '2' girl)."""
    own = BOYS if sex == "1" else GIRLS
    first = rng.choice(own)
    if rng.random() < 0.18:
        return surname + first
    second = rng.choice(BOTH if rng.random() < 0.4 else own)
    return surname + first + second


def elder_name(rng: Random, sex: str, surname: str | None = None) -> str:
    """A parent's or teacher's name."""
    own = ELDER_MEN if sex == "1" else ELDER_WOMEN
    return (surname or rng.choice(SURNAMES)) + rng.choice(own) + rng.choice(own)
