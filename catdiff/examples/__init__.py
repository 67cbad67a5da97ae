"""Worked examples: one short file each, run by `catdiff example NAME`."""
