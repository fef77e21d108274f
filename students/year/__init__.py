"""The turn of the school year (第十五、十一、三十二条): graduation of the last grades, then promotion of the others."""
