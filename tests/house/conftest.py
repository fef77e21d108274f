"""Who looks at a page, and whether it asks more when it shows more."""

import pytest

from tests.house.questions import FEW, MANY, MOST, questions


@pytest.fixture
def same_questions(client):
    """same_questions(url, add): open the page with FEW rows, then with MANY made by `add(number)`; `most` per page."""

    def check(url: str, add, most=MOST):
        add(FEW)
        few = questions(client, url)
        add(MANY - FEW)
        many = questions(client, url)
        assert len(many) == len(few), "\n".join(many)
        assert len(many) <= most, "\n".join(many)

    return check


@pytest.fixture
def sign_in(client, staff):
    def enter(role, place):
        user = staff(role, place)
        client.force_login(user)
        return user

    return enter
