from django.db import migrations

from approvals.guards import DECIDED_BY_SCHOOL, insert_only, states_of


class Migration(migrations.Migration):
    dependencies = [("reports", "0020_books")]
    operations = [
        states_of("book_closing", DECIDED_BY_SCHOOL),
        insert_only("reports_book"),
        insert_only("reports_bookpart"),
        insert_only("reports_bookrow"),
        insert_only("reports_bookfile"),
    ]
