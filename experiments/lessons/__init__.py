"""Lessons: notebooks that build the LSTM from one step up, with exercises that check themselves.

`checks.py` says what is right, `solutions.py` how it is done; look into neither too early.
"""
