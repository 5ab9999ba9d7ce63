"""Proof of the money by brute force: every crash, every lost answer, every order of events.

Fixtures are in `house.py`, apart from those of tests/presale. What runs with every `make test` is
a part; `make faults` runs all of it (`FULL_PROOF=1`).
"""
