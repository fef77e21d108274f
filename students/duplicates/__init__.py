"""查找疑似重复: pairs of records over the county that may be one child, scored, explained, decided once."""
