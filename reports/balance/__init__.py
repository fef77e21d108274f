"""变动平衡表: 期初 + 增 − 减 = 期末, by grade and sex, each figure with its children."""
