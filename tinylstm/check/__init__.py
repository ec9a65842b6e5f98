"""Is the backward pass right? Finite differences, and the mistakes that they must catch."""
