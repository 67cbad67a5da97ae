"""What a decision procedure says of one equation, and how strongly it says it.

Two morphisms are equal, or not, or it was not found out. `STRENGTHS` is in order of what such an answer is worth:
`proved` holds for every input and by an argument, `exhaustive` for every input since each was tried, `tested` on so
many points; `undecided` and `not applicable` claim nothing, and say why in their note. Of several answers on one
equation the strongest counts, of those on several equations the weakest, and `violated` counts before all others.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..category.morphism import Morphism

STRENGTHS = ("proved", "exhaustive", "tested", "undecided", "not applicable", "violated")


@dataclass(frozen=True)
class Decision:
    """One procedure's answer on `left = right`.

    - `procedure`: its name; `strength`: one of `STRENGTHS`;
    - `points`: on how many points it rests, 0 for a proof;
    - `note`: the tolerance, or why there is no answer;
    - `args`, `left`, `right`: where it is violated, the input, one array per wire, and both sides' outputs there;
    - `names`: what the inputs are called; `sides`: what left and right are; `companions`: what else the law spoke of;
    - `column`: which column of a generator's row it breaks, where its law is about several.
    """

    procedure: str
    strength: str
    points: int = 0
    note: str = ""
    args: Sequence[Any] | None = None
    left: Sequence[Any] | None = None
    right: Sequence[Any] | None = None
    names: Sequence[str] = field(default=(), repr=False)
    sides: tuple[str, str] = field(default=("left side", "right side"), repr=False)
    companions: Mapping[str, Morphism] = field(default_factory=dict, repr=False)
    column: str = field(default="", repr=False)

    def __post_init__(self) -> None:
        if self.strength not in STRENGTHS:
            raise ValueError(f"a strength is one of {', '.join(STRENGTHS)}, not {self.strength!r}")

    @property
    def violated(self) -> bool:
        """Whether the two sides were seen to differ."""
        return self.strength == "violated"

    @property
    def held(self) -> bool:
        """Whether it says anything in favour."""
        return self.strength in STRENGTHS[:3]


def prominence(strength: str) -> int:
    """The place of a strength among answers on one equation, 0 for what counts before all others.

    >>> sorted(STRENGTHS, key=prominence)
    ['violated', 'proved', 'exhaustive', 'tested', 'undecided', 'not applicable']
    """
    return (STRENGTHS.index(strength) + 1) % len(STRENGTHS)


def combined(name: str, answers: Sequence[Decision], several: str = "") -> Decision:
    """Answers of one procedure on several equations as one, as strong as the weakest.

    `several` says what there was a choice of, `"3 draws of companions"`: then it is tested at most.
    """
    weakest = max(answers, key=lambda d: STRENGTHS.index(d.strength))
    if not weakest.held:
        return weakest
    points = sum(d.points for d in answers)
    if not several:
        return Decision(name, weakest.strength, points, weakest.note)
    said = "" if weakest.strength == "tested" else f"{weakest.strength}, "
    points = sum(max(d.points, 1) for d in answers)
    return Decision(name, "tested", points, f"{said}{several}; {weakest.note}".removesuffix("; "))
