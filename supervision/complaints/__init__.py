"""第三十六条: complaints of families, 3+5+5+5 working days, linked to the child and the case they speak of."""
