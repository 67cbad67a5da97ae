"""Learning: lenses, programs with parameters, and what they compose to."""
