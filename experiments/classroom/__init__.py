"""The lessons for a class: graded, with what its students get, or in a browser.

Not among the lessons: what makes these packages is no part of any of them but for two modules,
`verdict`, which goes to the autograder, and `asked`, which goes to the students.
"""
