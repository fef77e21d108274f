"""新生入学: one child after the other, searched for before it is entered, signed for, put into a class, registered."""
