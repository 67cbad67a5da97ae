"""What a program is: objects, morphisms, families of generators, and the binder."""

from . import chains, mismatch

__all__ = ["chains", "mismatch"]
