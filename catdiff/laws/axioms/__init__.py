"""The laws themselves, a table each: equations between programs, written once."""
