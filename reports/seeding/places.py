"""Where the invented children live: the county's real townships, villages and streets that need not exist."""

from random import Random

VILLAGES = (
    "东山",
    "西沟",
    "和平",
    "新立",
    "前营",
    "后营",
    "三道梁",
    "五家",
    "小河沿",
    "兴隆",
    "红旗",
    "河东",
    "南洼",
    "杏树园",
)
STREETS = ("人民路", "育才路", "万寿路", "新城街", "站前街", "红山路", "平安街")


def home_address(rng: Random, township: str) -> str:
    """An address in a township, or a street and house in one of the town's sub-districts."""
    if township.endswith("街道"):
        flat = f"{rng.randint(1, 6)}单元{rng.randint(1, 6)}0{rng.randint(1, 2)}室"
        return f"建平县{township}{rng.choice(STREETS)}{rng.randint(1, 180)}号{flat}"
    return f"建平县{township}{rng.choice(VILLAGES)}村{rng.randint(1, 9)}组"
