"""What a program is: objects, morphisms, families of generators, and the binder."""

from . import mismatch

__all__ = ["mismatch"]
