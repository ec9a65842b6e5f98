"""Lessons: notebooks that build the LSTM from one step up, with exercises that check themselves.

`checks.py` says what is right, `solutions.py` how it is done; look into neither too early. Lessons
1 to 4 are about the network, 5 to 8 about its training and the study (`checks_study.py`,
`solutions_study.py`).
"""
