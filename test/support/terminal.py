"""
Runs a command in a terminal of its own and prints what it prints. A line on standard input closes the
other end of the terminal; the last line printed is the command's exit code.

    terminal.py controlling|plain COMMAND [ARGUMENT...]

The system sends SIGHUP only to who has the terminal as its controlling one; with `plain` the command
just can't write any more.
"""

import fcntl
import os
import pty
import select
import sys
import termios

kind, command = sys.argv[1], sys.argv[2:]
ours, theirs = pty.openpty()
child = os.fork()
if child == 0:
    os.setsid()
    if kind == "controlling":
        fcntl.ioctl(theirs, termios.TIOCSCTTY, 0)
    for descriptor in (0, 1, 2):
        os.dup2(theirs, descriptor)
    os.close(theirs)
    os.close(ours)
    os.execvp(command[0], command)
os.close(theirs)
while True:
    ready, _, _ = select.select([ours, 0], [], [])
    if 0 in ready:
        os.read(0, 1024)
        break
    try:
        os.write(1, os.read(ours, 65536))
    except OSError:
        break
os.close(ours)
_, status = os.waitpid(child, 0)
os.write(1, f"\nexit {os.waitstatus_to_exitcode(status)}\n".encode())
