"""第三十三条: the yearly score of every school, counted from the record itself, with the cases behind each figure."""
