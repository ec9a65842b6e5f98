"""Lessons: notebooks that build the LSTM from one step up, with exercises that check themselves.

Lessons 1 to 4 are about the network, 5 to 8 about its training, its speed and the study, 9 and 10
about a network that writes and bugs that people made.
`checks_*.py` say what is right, `solutions_*.py` how it is done; look into neither too early.
"""
