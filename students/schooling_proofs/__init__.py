"""学习经历证明 in place of a lost 毕业证书 (第三十二条): its case, its form, and finding the school that issued it."""
