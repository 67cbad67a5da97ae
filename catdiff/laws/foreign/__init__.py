"""Rules from outside: whether a pair of Python functions is a function and its reverse derivative."""
