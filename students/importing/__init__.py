"""Import of the CEIMS workbook: look before opening, read in a child process, normalise, validate."""
