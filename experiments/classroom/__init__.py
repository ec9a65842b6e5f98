"""The lessons for a class: an autograder and what its students get, and a site that needs no install.

Not among the lessons: what makes these packages is no part of any of them but for two modules,
`verdict`, which goes to the autograder, and `asked`, which goes to the students.
"""
