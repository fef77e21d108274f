"""证据包: the papers' side of it. What was printed about a child or a case, the cover, and the job that makes a pack."""
