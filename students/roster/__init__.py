"""适龄儿童名册 (第四条): the children of school age of a year, who is in school, and who looks after the rest."""
