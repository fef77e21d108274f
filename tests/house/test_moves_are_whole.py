"""Every move of every kind carries what pages, prints and the signed step need; nothing forbidden has a move."""

import pytest

from approvals.kinds import by_kind
from law.articles import Article

FORBIDDEN = ("开除", "劝退", "借读", "留级", "跳级", "退学")


def moves():
    return [
        pytest.param(model, transition, id=f"{kind}-{transition.name}-{transition.source}")
        for kind, model in by_kind().items()
        for transition in model._meta.get_field("state").get_all_transitions(model)
    ]


@pytest.mark.parametrize(("model", "transition"), moves())
def test_a_move_has_words_an_article_and_a_hand(model, transition):
    described = transition.custom["move"]
    desk = model.DESKS.get(transition.source)
    assert described.label and isinstance(described.article, Article) and described.article.gist
    assert described.hand or desk, "nobody could make this move"
    assert set(described.fields) - {"plan"} <= set(model.PARTICULARS)
    assert not any(word in described.label for word in FORBIDDEN)


@pytest.mark.parametrize(("kind", "model"), by_kind().items())
def test_every_open_state_lies_on_a_desk_and_no_closed_one_does(kind, model):
    for state in model.State.values:
        assert (state in model.DESKS) != (state in model.CLOSED), state


@pytest.mark.parametrize(("kind", "model"), by_kind().items())
def test_the_database_knows_exactly_these_states(kind, model, db):
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = %s", [f"case_states_of_{kind}"]
        )
        (definition,) = cursor.fetchone()
    held = {word for word in definition.split("'") if word.replace("_", "").isalpha() and word.islower()}
    assert set(model.State.values) <= held


@pytest.mark.parametrize(("kind", "model"), by_kind().items())
def test_a_made_and_checked_desk_has_two_different_hands(kind, model):
    hands = {}
    for desk in model.DESKS.values():
        if desk.signature:
            hands.setdefault(desk.stage, {})[desk.signature] = desk.hand
    for stage, signed in hands.items():
        assert len(signed) == 2 and len(set(signed.values())) == 2, stage
