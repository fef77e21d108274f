"""Memory for statements that read whole tables: the night's questions, and decisions about every child of a county."""

from django.db import connection

# Of one join or sort. With the server's few megabytes, half of a large county would go through files.
ROOM = "128MB"


def give_room() -> None:
    """The statements that follow have it until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('work_mem', %s, true)", [ROOM])
