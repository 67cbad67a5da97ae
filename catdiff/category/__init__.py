"""What a program is: objects, morphisms, families of generators, and the binder."""
