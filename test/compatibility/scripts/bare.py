"""Without a session: the surroundings of a script, its own words, an exception that nobody catches."""

import os
import sys

from pyspark.sql.types import StructType

print("=== surroundings", flush=True)
print("folder", os.getcwd())
print("script", __file__, sys.argv[0])
print("path", sys.path[0])
print("files", sorted(os.listdir("scripts"))[:2])
print("terminal", [stream.isatty() for stream in (sys.stdin, sys.stdout, sys.stderr)])
print("encoding", sys.stdout.encoding, sys.getfilesystemencoding())
print("hash seed", os.environ.get("PYTHONHASHSEED"))
print("variable", os.environ.get("COMPATIBILITY_COLOUR"))

print("=== arguments", flush=True)
for number, argument in enumerate(sys.argv[1:]):
    print(number, ascii(argument))

print("=== uncaught", flush=True)
print("before: grüße", flush=True)
StructType().add(5)
