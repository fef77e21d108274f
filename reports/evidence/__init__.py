"""证据包: the papers' side of it: what was printed about a child or a case, the cover, and the job."""
