import pytest

from tests.jobs import handlers  # noqa: F401 — registers the kinds of the tests


@pytest.fixture
def person(django_user_model):
    def named(username: str):
        return django_user_model.objects.create(username=username, name=username)

    return named
