"""均衡分班: the pure rule, over many draws. No class has more of a kind than it must; the seed decides the rest."""

from collections import Counter
from datetime import date
from random import Random

import pytest

from students.classing.balance import Newcomer, Room, TooFewSeats, propose

FOUR = [11, 12, 13, 14]


def year_of(number, seed=0, *, migrant=0.2, inclusive=0.03):
    chance = Random(seed)
    return [
        Newcomer(
            n,
            chance.choice("12"),
            date(2019 if n % 2 else 2020, chance.randint(1, 12), 5),
            migrant=chance.random() < migrant,
            inclusive=chance.random() < inclusive,
        )
        for n in range(1, number + 1)
    ]


def rooms(ids=FOUR, free=55):
    return [Room(pk, free) for pk in ids]


def spread(children, dealt, holds, ids=FOUR):
    """Most minus fewest children of a kind over the classes."""
    counted = Counter(dealt[child.id] for child in children if holds(child))
    return max(counted[pk] for pk in ids) - min(counted[pk] for pk in ids)


@pytest.mark.parametrize("seed", range(25))
def test_heads_sexes_and_the_rare_are_as_even_as_they_can_be(seed):
    children = year_of(150 + seed, seed)
    dealt = propose(children, rooms(), seed)
    assert set(dealt) == {child.id for child in children}
    for holds in (
        lambda child: True,
        lambda child: child.sex == "1",
        lambda child: child.sex == "2",
        lambda child: child.inclusive,
    ):
        assert spread(children, dealt, holds) <= 1
    assert spread(children, dealt, lambda child: child.migrant) <= 2
    for quarter in range(4):
        assert spread(children, dealt, lambda child, q=quarter: (child.birth_date.month - 1) // 3 == q) <= 6


def test_the_same_seed_gives_the_same_classes_whatever_the_order():
    children = year_of(90)
    first = propose(children, rooms(), 7)
    assert propose(children[::-1], rooms(FOUR[::-1]), 7) == first
    assert propose(children, rooms(), 8) != first


def test_latecomers_level_what_is_there():
    """Ten boys sit in the first class: the girls and the next boys go where they are missed."""
    boys = tuple(Newcomer(1000 + n, "1", date(2019, 5, 1)) for n in range(10))
    late = [Newcomer(n, "1", date(2019, 6, 1)) for n in range(1, 11)]
    dealt = propose(late, [Room(11, 40, boys), Room(12, 40)], 3)
    assert set(dealt.values()) == {12}


def test_nobody_sits_above_the_free_seats():
    children = year_of(10)
    dealt = propose(children, [Room(11, 3), Room(12, 7), Room(13, 0)], 1)
    assert Counter(dealt.values()) == {11: 3, 12: 7}
    with pytest.raises(TooFewSeats) as refused:
        propose(children, [Room(11, 3), Room(12, 5), Room(13, -2)], 1)
    assert refused.value.short == 2


def test_classes_given_are_left_as_they_are():
    given = rooms()
    propose(year_of(20), given, 1)
    assert [(room.free, room.heads) for room in given] == [(55, 0)] * 4


def test_nobody_to_place():
    assert propose([], rooms(), 1) == {}
