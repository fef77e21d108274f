"""对账: what this county's register and the national system say differently, child by child, field by field."""
