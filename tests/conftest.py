"""What all tests share."""

import signal

# A process that is started in the background ignores Ctrl-C, and so would the commands under test.
signal.signal(signal.SIGINT, signal.default_int_handler)
