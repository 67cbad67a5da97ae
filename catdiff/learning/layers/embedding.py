"""Embedding: a row of a table for every index. Its span looks up, and its derivative adds up where it looked.

>>> import catdiff as cd
>>> words = cd.nn.embedding(1000, 16)
>>> print(words.at(cd.index(5)))
index[5] → f64[5,16], of 1 parameter: embedding.weight
"""

from __future__ import annotations

from typing import Any

from ...category.objects import Object, Sort
from ...errors import SignatureError, with_line
from ...generators.select import gather
from ..initialisers import named
from ..layer import Member, layer
from ..para import Para
from ..parameters import Parameter
from .making import boxed, natural


@layer
def embedding(count: int, size: int, weight: Any = "normal", dtype: str = "f64") -> Member:
    """`index[…] → dtype[…, size]`, entry i ↦ row i of a table `[count, size]`; an index out of range raises."""
    natural("embedding", "the number of rows", count)
    natural("embedding", "the length of a row", size)

    def at(A: Object) -> Para:
        if len(A) != 1 or A.dtype.name != "index":
            said = f"embedding takes one wire of indices, and {'wire 0 is ' if len(A) == 1 else 'is given '}{A}"
            raise SignatureError(with_line(said, f"cd.nn.embedding({count}, {size}).at(cd.index(5))"))
        table = Parameter("weight", Sort(dtype, (count, size)), named(weight))
        return boxed("embedding", A, [table], lambda w, i: gather(w, i))

    return at
