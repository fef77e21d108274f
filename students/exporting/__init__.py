"""What a school carries into the national system: its children in the template's columns, and what is wanting."""
