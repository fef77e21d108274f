"""批量核查: a list of numbers or names, and where each of these children is."""
