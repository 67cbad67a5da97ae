"""Random programs and points, for whoever chooses: a seed, or Hypothesis."""
