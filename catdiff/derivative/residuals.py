"""What a reverse derivative reads of the forward pass: for pictures, which show it as lines from one to the other.

>>> import catdiff as cd
>>> [str(s) for s in residuals(cd.mul(cd.f64() @ cd.f64()).net.labels[0], (True,), (True, True))]
['f64', 'f64']
>>> residuals(cd.neg(cd.f64()).net.labels[0], (True,), (True,))                 # a linear map: R reads its cotangent
[]
"""

from __future__ import annotations

from ..category.label import Label
from ..category.morphism import verb
from ..category.objects import Sort
from ..generators.boxes import BOX
from ..hypernet.recursion import run
from .rules import reverse_rule
from .sweep import Mask, optic


@verb("residuals")
def residuals(lab: Label, arriving: Mask, wanted: Mask) -> list[Sort]:
    """The sorts of the wires of a box that its reverse derivative reads beside the cotangents that arrive.

    Raises `NoDerivativeError` where there is none.
    """
    if lab.row is BOX:
        cut = run(optic(lab, arriving, wanted))
        sorts = [*lab.dom.wires, *cut.forward.cod.wires] if cut else []
        return [sorts[i] for i in cut.reads] if cut else []
    rule = reverse_rule(lab).net
    read = {*rule.sources.tolist(), *rule.outputs.tolist()}
    return [s for i, s in enumerate(lab.dom.wires) if i in read]
