"""问题学籍: found by one statement per class, answered by proof, correction, deletion or merge (第八条)."""
