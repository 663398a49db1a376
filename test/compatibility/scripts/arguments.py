"""The script's own words, as they were written, and its own exit code; no session is needed for that."""

import sys

for number, argument in enumerate(sys.argv[1:]):
    print(number, ascii(argument))
sys.exit(42)
