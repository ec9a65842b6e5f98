"""Against other libraries: contenders, stopwatch and tables."""
