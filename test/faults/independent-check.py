"""
Says which version of the users table a database holds: the old one, the new one, or neither.

    independent-check.py remember DATABASE                      what is there now
    independent-check.py expect INPUT... [--project FOLDER]     what a correct load of the inputs must leave
    independent-check.py outputs DATABASE --table TABLE --csv FILE --model FOLDER
                                                                are they of the table's version
    independent-check.py judge DATABASE [--old JSON] [--expected JSON | --input INPUT... [--project FOLDER]]

Every answer is JSON. The program is written from the documented rules alone, with nothing but Python's own
library: neither Spark nor any code of the project judges itself here.
"""

import argparse
import csv
import hashlib
import json
import re
import sqlite3
import sys
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

COLUMNS = ("id", "name", "age", "email", "salary", "city", "created_at")
TEXT = ("name", "email", "city", "created_at")
NUMBERS = ("age", "salary")
# What ECMAScript's trim() removes.
WHITE_SPACE = (
    "\t\n\v\f\r \u00a0\u1680"
    + "".join(map(chr, range(0x2000, 0x200B)))
    + "\u2028\u2029\u202f\u205f\u3000\ufeff"
)
FOREIGN_IN_EMAIL = re.compile(r"[^A-Za-z0-9._%+@-]")
EMAIL = re.compile(r"[a-z0-9_%+-]+(\.[a-z0-9_%+-]+)*@([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}")
INSTANT = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]{3}))?(?:Z|([+-])([0-9]{2}):([0-9]{2}))"
)
BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class RejectedError(Exception):
    """A line that must not be loaded; its argument is the reason."""


def judge_line(line: bytes) -> tuple[Any, ...]:
    try:
        found = json.loads(line.decode(), parse_int=to_integer)
    except (ValueError, RecursionError):
        raise RejectedError("malformed-json") from None
    if type(found) is not dict:
        raise RejectedError("malformed-json")
    values = {name: found.get(name) for name in COLUMNS}
    if not all(value is None or has_type(name, value) for name, value in values.items()):
        raise RejectedError("wrong-type")
    if values["id"] is None:
        raise RejectedError("missing-key")
    if any(values[name] is None for name in NUMBERS):
        raise RejectedError("missing-value")
    if any(values[name] is None or not values[name].strip(WHITE_SPACE) for name in TEXT):
        raise RejectedError("missing-value")
    email = FOREIGN_IN_EMAIL.sub("", values["email"]).translate(LOWER)
    if not EMAIL.fullmatch(email):
        raise RejectedError("invalid-email")
    if not 0 <= values["age"] <= 150 or any("\0" in values[name] for name in ("name", "city")):
        raise RejectedError("invalid-value")
    return (
        values["id"],
        values["name"],
        values["age"],
        email,
        float(values["salary"]),
        values["city"],
        in_utc(values["created_at"]),
    )


def to_integer(digits: str) -> float:
    # Python refuses to read thousands of digits; no column holds that many.
    return int(digits) if len(digits) < 400 else float("inf")


LOWER = {upper: upper + 32 for upper in range(ord("A"), ord("Z") + 1)}


def has_type(name: str, value: Any) -> bool:
    if name in TEXT:
        is_text = type(value) is str and not any("\ud800" <= letter <= "\udfff" for letter in value)
        return is_text and (name != "created_at" or in_utc(value) is not None)
    if name == "salary":
        try:
            return type(value) in (int, float) and abs(float(value)) != float("inf") and value == value
        except OverflowError:
            return False
    return type(value) is int and -(2**63) <= value < 2**63


def in_utc(text: str) -> str | None:
    parts = INSTANT.fullmatch(text)
    if parts is None:
        return None
    year, month, day, hour, minute, second, millisecond = (int(part or 0) for part in parts.groups()[:7])
    offset = timedelta(hours=int(parts[9] or 0), minutes=int(parts[10] or 0))
    if int(parts[9] or 0) > 23 or int(parts[10] or 0) > 59:
        return None
    try:
        instant = datetime(year, month, day, hour, minute, second, millisecond * 1000, UTC)
        instant = instant + offset if parts[8] == "-" else instant - offset
    except (ValueError, OverflowError):
        return None
    return f"{instant:%Y-%m-%dT%H:%M:%S}.{instant.microsecond // 1000:03d}Z".rjust(24, "0")


class Checksum:
    """The documented checksum of rows, which doesn't depend on their order."""

    def __init__(self) -> None:
        self.rows = 0
        self._lanes = [0, 0]

    def add(self, values: tuple[Any, ...]) -> None:
        digest = hashlib.sha256("\x1f".join(map(shown, values)).encode()).digest()
        self._lanes[0] += int.from_bytes(digest[:6])
        self._lanes[1] += int.from_bytes(digest[6:12])
        self.rows += 1

    def __str__(self) -> str:
        return "".join(f"{lane % 2**48:012x}" for lane in self._lanes)


def shown(value: Any) -> str:
    if value is None:
        return "\0"
    if type(value) is not float:
        return str(value)
    # As JavaScript writes a number.
    if value == int(value) and abs(value) < 1e21:
        return str(int(value))
    text = repr(value)
    if "e" not in text:
        return text
    if 1e-6 <= abs(value) < 1e21:
        return f"{value:.20f}".rstrip("0")
    return re.sub(r"e([+-])0*", r"e\1", text)


def expect(inputs: list[Path], project: Path) -> dict[str, Any]:
    loaded, rejected = Checksum(), Checksum()
    keys: set[int] = set()
    reasons: Counter[str] = Counter()
    read = repaired = 0
    for path in sorted(inputs):
        source = (
            str(path.absolute().relative_to(project))
            if path.absolute().is_relative_to(project)
            else str(path)
        )
        with path.open("rb") as lines:
            for number, raw in enumerate(lines, start=1):
                line = raw.removesuffix(b"\n").removesuffix(b"\r")
                if number == 1:
                    line = line.removeprefix(BYTE_ORDER_MARK)
                if not line.decode(errors="replace").strip(WHITE_SPACE):
                    continue
                read += 1
                try:
                    row = judge_line(line)
                    if row[0] in keys:
                        raise RejectedError("duplicate-key")
                except RejectedError as why:
                    reason = str(why)
                    reasons[reason] += 1
                    rejected.add((source, number, reason, line.decode(errors="replace")))
                else:
                    keys.add(row[0])
                    loaded.add(row)
                    repaired += row[COLUMNS.index("email")] != json.loads(line)["email"]
    duplicates = reasons.pop("duplicate-key", 0)
    return {
        "read": read,
        "loaded": loaded.rows,
        "quarantined": sum(reasons.values()),
        "duplicates": duplicates,
        "filtered": 0,
        "repaired": repaired,
        "reasons": dict(sorted(reasons.items())),
        "checksum": str(loaded),
        "quarantineChecksum": str(rejected),
    }


class Database:
    def __init__(self, path: Path) -> None:
        # Not read-only: a journal that a killed writer left has to be rolled back by whoever comes next.
        self._connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True, timeout=60)
        self._connection.execute("PRAGMA cache_size = -65536")

    def integrity(self) -> str:
        return "; ".join(row[0] for row in self._connection.execute("PRAGMA integrity_check"))

    def has(self, table: str) -> bool:
        found = self._connection.execute(
            "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?", (table,)
        )
        return found.fetchone() is not None

    def ask(self, sql: str, *values: object) -> Any:
        return self._connection.execute(sql, values)

    def checksum(self, sql: str) -> Checksum:
        total = Checksum()
        for row in self._connection.execute(sql):
            total.add(row)
        return total

    def counts(self) -> dict[str, int]:
        """The rows of every table, whatever it is called. An empty one is as good as none."""
        tables = self.ask("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name").fetchall()
        counts = {name: self.ask(f"SELECT count(*) FROM {quoted(name)}").fetchone()[0] for (name,) in tables}
        return {name: rows for name, rows in counts.items() if rows > 0}

    def remember(self, table: str) -> dict[str, Any]:
        tables = {
            name: {"rows": rows, "checksum": str(self.checksum(f"SELECT * FROM {quoted(name)}"))}
            for name, rows in self.counts().items()
        }
        return {"rows": tables.get(table, {}).get("rows", 0), "tables": tables}


def quoted(name: str) -> str:
    return '"{}"'.format(name.replace('"', '""'))


def judge(
    database: Database, table: str, old: dict[str, Any] | None, expected: dict[str, Any] | None
) -> dict[str, Any]:
    integrity = database.integrity()
    if integrity != "ok":
        return {"integrity": integrity, "rows": 0, "version": "neither", "why": [f"integrity: {integrity}"]}
    counts = database.counts()
    found = {"integrity": integrity, "rows": counts.get(table, 0)}
    before = {name: each["rows"] for name, each in old["tables"].items()} if old else None
    if before == counts and old == database.remember(table):
        return {**found, "version": "old", "why": []}
    why = differences(database, table, expected) if expected else ["it is not the old version"]
    return {**found, "version": "neither" if why else "new", "why": why}


def differences(database: Database, table: str, expected: dict[str, Any]) -> list[str]:
    quarantined = f"{table}_quarantine"
    missing = [name for name in (table, quarantined, "sparkctl_runs") if not database.has(name)]
    if missing:
        return [f"no table {name}" for name in missing]
    rows = database.checksum(f"SELECT {', '.join(COLUMNS)} FROM {quoted(table)}")
    quarantine = database.checksum(f"SELECT source_file, line, reason, raw FROM {quoted(quarantined)}")
    reasons = dict(database.ask(f"SELECT reason, count(*) FROM {quoted(quarantined)} GROUP BY reason"))
    last_run = database.ask(
        "SELECT run_id, checksum, read, loaded, quarantined, duplicates, filtered FROM sparkctl_runs"
        " WHERE target = ? ORDER BY rowid DESC LIMIT 1",
        table,
    ).fetchone()
    if last_run is None:
        return [f"no run of {table} in sparkctl_runs"]
    run_id, recorded, *counts = last_run
    names = ("read", "loaded", "quarantined", "duplicates", "filtered")
    found = {
        **dict(zip(names, counts, strict=True)),
        "rows": rows.rows,
        "checksum": str(rows),
        "recorded checksum": recorded,
        "duplicate lines": reasons.pop("duplicate-key", 0),
        "reasons": dict(sorted(reasons.items())),
        "quarantineChecksum": str(quarantine),
        "lines of other runs": database.ask(
            f"SELECT count(*) FROM {quoted(quarantined)} WHERE run_id <> ?", run_id
        ).fetchone()[0],
        "sum of the parts": sum(counts[1:]),
    }
    wanted = {
        **expected,
        "rows": expected["loaded"],
        "recorded checksum": expected["checksum"],
        "duplicate lines": expected["duplicates"],
        "lines of other runs": 0,
        "sum of the parts": expected["read"],
    }
    return [
        f"{name}: {found[name]} instead of {wanted[name]}" for name in found if found[name] != wanted[name]
    ]


def judge_outputs(database: Database, table: str, csv_file: Path, model: Path) -> dict[str, Any]:
    run_id = database.ask(
        "SELECT run_id FROM sparkctl_runs WHERE target = ? ORDER BY rowid DESC LIMIT 1", table
    ).fetchone()[0]
    outputs = database.ask(
        f"SELECT run_id, path, digest, published FROM {quoted(table + '_outputs')}"
    ).fetchall()
    digests = {Path(path).name: digest for of_run, path, digest, _ in outputs if of_run == run_id}
    rows = database.ask(f"SELECT * FROM {quoted(table)} ORDER BY 1")
    wanted = [[column[0] for column in rows.description], *([float(value) for value in row] for row in rows)]
    found: list[list[Any]] = []
    if csv_file.exists():
        with csv_file.open(newline="", encoding="utf-8") as lines:
            header, *records = csv.reader(lines)
        found = [header, *([float(value) for value in record] for record in records)]
    return {
        "integrity": database.integrity(),
        "rows": len(wanted) - 1,
        "runId": run_id,
        "finished": len(digests) == len(outputs) and all(published for *_, published in outputs),
        "csv": likeness(csv_file, found == wanted),
        "model": likeness(model, model.exists() and digest_of_folder(model) == digests.get(model.name)),
    }


def likeness(path: Path, same: bool) -> str:
    return ("same" if same else "differs") if path.exists() else "missing"


def digest_of_folder(folder: Path) -> str:
    names = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    lines = [f"{hashlib.sha256((folder / name).read_bytes()).hexdigest()}  {name}\n" for name in names]
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def main() -> None:
    parser = argparse.ArgumentParser(description="Says which version of the users table a database holds.")
    commands = parser.add_subparsers(dest="command", required=True)
    remembering = commands.add_parser("remember")
    remembering.add_argument("database", type=Path)
    remembering.add_argument("--table", default="users")
    expecting = commands.add_parser("expect")
    expecting.add_argument("input", type=Path, nargs="+")
    expecting.add_argument("--project", type=Path, default=Path.cwd())
    of_outputs = commands.add_parser("outputs")
    of_outputs.add_argument("database", type=Path)
    of_outputs.add_argument("--table", required=True)
    of_outputs.add_argument("--csv", type=Path, required=True)
    of_outputs.add_argument("--model", type=Path, required=True)
    judging = commands.add_parser("judge")
    judging.add_argument("database", type=Path)
    judging.add_argument("--table", default="users")
    judging.add_argument("--old", type=json.loads)
    judging.add_argument("--expected", type=json.loads)
    judging.add_argument("--input", type=Path, nargs="+")
    judging.add_argument("--project", type=Path, default=Path.cwd())
    arguments = parser.parse_args()
    if arguments.command == "expect":
        result = expect(arguments.input, arguments.project.absolute())
    elif not arguments.database.exists():
        nothing: dict[str, Any] = {"rows": 0, "tables": {}}
        old = arguments.command == "judge" and arguments.old == nothing
        result = {
            "integrity": "ok",
            "rows": 0,
            "version": "old" if old else "neither",
            "why": ["no database"],
        }
        result = nothing if arguments.command == "remember" else result
    elif arguments.command == "remember":
        result = Database(arguments.database).remember(arguments.table)
    elif arguments.command == "outputs":
        result = judge_outputs(Database(arguments.database), arguments.table, arguments.csv, arguments.model)
    else:
        expected = arguments.expected
        if expected is None and arguments.input:
            expected = expect(arguments.input, arguments.project.absolute())
        result = judge(Database(arguments.database), arguments.table, arguments.old, expected)
    json.dump(result, sys.stdout)
    sys.stdout.write("\n")


if __name__ == "__main__":
    main()
