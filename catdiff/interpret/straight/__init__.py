"""Straight-line programs: a net as Python source that calls NumPy, one line for each thing to do.

    net ──lower──▸ Program ──place──▸ memory ──write──▸ source ──▸ a function

A net is known whole before any number arrives, so everything that does not depend on the numbers is done once, when it
is compiled: boxes opened, constants folded, contractions turned into matrix products of views, memory assigned. What is
left is a list of NumPy calls that write into memory that is there already.

- `program`: what a straight-line program is; `lowering`: from nets to one; `spans`: from contractions; `forms`: from
  other rows; `scalars`: where all wires are scalars;
- `memory`: which of its values share memory; `source`: its text; `runner`: a function that many threads may call.
"""
