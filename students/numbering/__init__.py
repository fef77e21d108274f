"""学籍号编发与变更: the national system's answer sheet, its dry run, its case, and who still waits for a number."""
