"""Who is at the keyboard: two factors for whoever decides, slow answers to guessing, one session, an end to each."""
