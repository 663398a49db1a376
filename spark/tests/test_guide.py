"""The examples of docs/sink.md do what it says."""

import re
import sys
from pathlib import Path

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "sink.md"
FILES = {"jsonl": "items.jsonl", "csv": "orders.csv"}
LONGEST_JOB = 40


def test_the_examples_do_what_the_guide_says(spark, tmp_path, monkeypatch, database, query):
    monkeypatch.chdir(tmp_path)
    blocks = re.findall(r"^```(\w+)\n(.*?)^```$", GUIDE.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    kinds = [kind for kind, _ in blocks]
    assert {kind: kinds.count(kind) for kind in kinds} == {
        "python": 5, "sql": 5, "text": 5, "jsonl": 1, "csv": 1, "yaml": 1,
    }  # fmt: skip
    for kind, text in blocks:
        if kind in FILES:
            (tmp_path / FILES[kind]).write_text(text, "utf-8")
    monkeypatch.setattr(sys, "argv", ["orders.py", "orders.csv", str(database), "monday"])
    names = {}
    shown = []
    for kind, text in blocks:
        if kind == "python":
            assert text.count("\n") <= LONGEST_JOB
            code = text.replace('"shop.db"', repr(str(database)))
            exec(compile(code, str(GUIDE), "exec"), names)
        elif kind == "sql":
            shown = ["|".join(map(str, row)) for row in query(text)]
        elif kind == "text":
            assert shown == text.splitlines()
