"""Counting the questions a page asks the database."""

from django.db import connection
from django.test.utils import CaptureQueriesContext

MOST = 15
FEW, MANY = 2, 20


def questions(client, url: str) -> list[str]:
    """What one request asks, once the page has been opened before."""
    client.get(url)
    with CaptureQueriesContext(connection) as asked:
        assert client.get(url).status_code == 200, url
    # What frames a transaction is no question; outside of tests it is BEGIN and COMMIT.
    return [query["sql"] for query in asked.captured_queries if "SAVEPOINT" not in query["sql"]]
