"""批量打印: many papers of one form as a job — laid out in parts by the workers, bound into one file at the end."""
