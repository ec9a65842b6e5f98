"""Against other libraries: contenders, stopwatch, what is measured, tables and a figure."""
