"""A network in fewer bytes: rounded, pruned, of low rank, packed, and run in whole numbers."""
