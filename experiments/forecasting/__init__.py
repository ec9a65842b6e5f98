"""Tomorrow's sales, and those of the next ninety days, for anyone's shop."""
