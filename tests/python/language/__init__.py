"""What is inside the language: every function over every kind of number, measured against CPython and NumPy.

`rows` and `constructs` list what there is, a line each; `values` has the operands; `measure` runs a row natively over a kind
and compares; `document` writes `docs/language.md`. Whoever adds a function adds a row.
"""
