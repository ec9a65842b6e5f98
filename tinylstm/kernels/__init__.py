"""The functions of `reference.py` again, in Numba: see README.md."""
