"""Add byte code to the zip files that every driver and every worker imports pyspark from.

They hold sources alone, and Python writes nothing into a zip file: each process would compile all that it
imports. The sources stay, for tracebacks quote them, and another version of Python passes the byte code over.
Each file is replaced in one step.

    add-byte-code.py SPARK_HOME
"""

import marshal
import sys
from copy import copy
from importlib.util import MAGIC_NUMBER, source_hash
from pathlib import Path
from zipfile import ZipFile

#: A .pyc file that is taken without a look at its source (PEP 552): the two are never changed apart.
UNCHECKED = MAGIC_NUMBER + (1).to_bytes(4, "little")


def add_byte_code(archive: Path) -> None:
    """Write the archive anew, with a compiled copy beside each module but for pyspark's own tests."""
    fresh = archive.with_name(f".{archive.name}.new")
    try:
        with ZipFile(archive) as old, ZipFile(fresh, "w") as new:
            names = set(old.namelist())
            for member in old.infolist():
                content = old.read(member)
                new.writestr(member, content)
                compiled = f"{member.filename}c"
                if not member.filename.endswith(".py") or "/tests/" in compiled or compiled in names:
                    continue
                try:
                    # Named as the import from the archive names it: code carries its place for tracebacks.
                    code = compile(content, f"{archive}/{member.filename}", "exec", dont_inherit=True)
                except (SyntaxError, ValueError):
                    continue
                # With the time, the attributes and the compression of its source.
                beside = copy(member)
                beside.filename = compiled
                new.writestr(beside, UNCHECKED + source_hash(content) + marshal.dumps(code))
        fresh.chmod(archive.stat().st_mode)
        fresh.replace(archive)
    finally:
        fresh.unlink(missing_ok=True)


for path in sorted((Path(sys.argv[1]) / "python" / "lib").glob("*.zip")):
    add_byte_code(path)
