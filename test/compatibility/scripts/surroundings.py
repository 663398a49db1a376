"""The surroundings of a script: its folder, its own path, its variables, its terminal."""

import os
import sys

print("folder", os.getcwd())
print("script", __file__, sys.argv[0])
print("path", sys.path[0])
print("files", sorted(os.listdir("scripts"))[:2])
print("terminal", [stream.isatty() for stream in (sys.stdin, sys.stdout, sys.stderr)])
print("encoding", sys.stdout.encoding, sys.getfilesystemencoding())
print("hash seed", os.environ.get("PYTHONHASHSEED"))
print("variable", os.environ.get("COMPATIBILITY_COLOUR"))
