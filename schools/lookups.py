"""`school__among=ids`: one of many schools, as one parameter; `pk__among=ArraySubquery(…)`: one of the ids it finds.

`__in` prepares, checks and binds every id on its own; for an office that sees 150 schools that costs more than the
query itself. An array found once can be looked up in an index beside other conditions (OR), a subquery cannot.
"""

from django.db.models import BigAutoField, ForeignKey, Lookup


@BigAutoField.register_lookup
@ForeignKey.register_lookup
class Among(Lookup):
    """`column = ANY(ids)`; the right side is any collection of whole numbers, or an ArraySubquery."""

    lookup_name = "among"
    prepare_rhs = False

    def as_sql(self, compiler, connection):
        column, params = self.process_lhs(compiler, connection)
        if hasattr(self.rhs, "as_sql"):
            ids, more = compiler.compile(self.rhs)
            return f"{column} = ANY({ids})", [*params, *more]
        return f"{column} = ANY(%s::bigint[])", [*params, sorted(self.rhs)]
