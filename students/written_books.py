"""How workbooks are written: every cell is the text it is, and no part of the book ever lies in a temporary file."""

# The sheets are held in memory as it is; without `in_memory` their XML, names and numbers in plain, passes the disk.
SAFE = {"strings_to_formulas": False, "strings_to_numbers": False, "strings_to_urls": False, "in_memory": True}
