"""第三十五条: the audit of a term: findings the data proposes, a roll call of sampled children, answers, verdicts."""
