"""terminal.py COMMAND...: runs the command with a terminal as its stdout and stderr, passes on what it
writes there (carriage returns as lines), and ends with its exit code."""
import os
import pty
import sys

# pty.spawn ends where the command closes its terminal.
status = pty.spawn(sys.argv[1:], lambda descriptor: os.read(descriptor, 1 << 16).replace(b"\r", b"\n"), lambda _: b"")
sys.exit(os.waitstatus_to_exitcode(status))
