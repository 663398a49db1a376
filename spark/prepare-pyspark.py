"""Prepare an installed pyspark so that its processes start sooner. Each file is replaced in one step.

- The zip files from which every driver and every worker imports pyspark hold sources alone, and Python
  writes nothing into a zip file: each process would compile all that it imports. Byte code is put beside the
  sources, which stay: tracebacks quote them, and another version of Python passes the byte code over.
- To learn whether numpy is installed, pyspark imports its helpers for tests, and they import pandas, pyarrow
  and gRPC: half a second for each driver with a SparkContext. It asks Python instead, in the same lines.
- Janino's jars, which compile the code that Spark generates, are signed with a key that is named DUMMY and
  that nothing trusts. Of a signed jar Java checks every class when it is loaded, and archives none. What was
  installed was checked by its hash, so the signatures go.

    prepare-pyspark.py SPARK_HOME
"""

import marshal
import re
import sys
from collections.abc import Callable, Iterator
from copy import copy
from importlib.util import MAGIC_NUMBER, source_hash
from pathlib import Path
from zipfile import ZipFile, ZipInfo

#: A .pyc file that is taken without a look at its source (PEP 552): the two are never changed apart.
UNCHECKED = MAGIC_NUMBER + (1).to_bytes(4, "little")

#: The members of a jar that sign it with the key DUMMY.
SIGNATURE = re.compile(r"META-INF/DUMMY\.(?:SF|DSA|RSA|EC)")

#: Where pyspark asks for numpy, and how it may ask.
ASKS_TESTING = b"from pyspark.testing.utils import have_numpy\n"
ASKS_PYTHON = b'from importlib.util import find_spec; have_numpy = find_spec("numpy") is not None\n'

Members = Iterator[tuple[ZipInfo, bytes]]


def quick_to_import(path: Path, archive: ZipFile) -> Members:
    """Yield the members, asking Python for numpy, and compiled copies beside all modules but tests."""
    names = set(archive.namelist())
    for member in archive.infolist():
        content = archive.read(member)
        is_module = member.filename.endswith(".py")
        if is_module:
            content = content.replace(ASKS_TESTING, ASKS_PYTHON)
        yield member, content
        compiled = f"{member.filename}c"
        if not is_module or "/tests/" in compiled or compiled in names:
            continue
        try:
            # Named as the import from the archive names it: code carries its place for tracebacks.
            code = compile(content, f"{path}/{member.filename}", "exec", dont_inherit=True)
        except (SyntaxError, ValueError):
            continue
        # With the time, the attributes and the compression of its source.
        beside = copy(member)
        beside.filename = compiled
        yield beside, UNCHECKED + source_hash(content) + marshal.dumps(code)


def without_signature(_: Path, archive: ZipFile) -> Members:
    """Yield the members but for the signature; the digests in the manifest mean nothing without it."""
    for member in archive.infolist():
        if not SIGNATURE.fullmatch(member.filename):
            yield member, archive.read(member)


def is_signed(path: Path) -> bool:
    with ZipFile(path) as archive:
        return any(SIGNATURE.fullmatch(name) for name in archive.namelist())


def rewrite(path: Path, members: Callable[[Path, ZipFile], Members]) -> None:
    fresh = path.with_name(f".{path.name}.new")
    try:
        with ZipFile(path) as old, ZipFile(fresh, "w") as new:
            for member, content in members(path, old):
                new.writestr(member, content)
        fresh.chmod(path.stat().st_mode)
        fresh.replace(path)
    finally:
        fresh.unlink(missing_ok=True)


home = Path(sys.argv[1])
for path in sorted((home / "python" / "lib").glob("*.zip")):
    rewrite(path, quick_to_import)
for path in filter(is_signed, sorted((home / "jars").glob("*.jar"))):
    rewrite(path, without_signature)
