"""Rows that hold a copy of a child's data: whoever loads one has seen the child."""

from .trail import saw


class ShowsAChild:
    """Mixin of a model whose column `SHOWN` is the child."""

    SHOWN = "student_id"

    @classmethod
    def from_db(cls, db, names, values):
        row = super().from_db(db, names, values)
        # Read from what was loaded: a deferred column would ask the database again.
        if (child := row.__dict__.get(cls.SHOWN)) is not None:
            saw(child)
        return row
