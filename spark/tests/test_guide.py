"""The examples of docs/sink.md do what it says."""

import re
from pathlib import Path

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "sink.md"


def test_the_examples_do_what_the_guide_says(spark, tmp_path, monkeypatch, database, query):
    monkeypatch.chdir(tmp_path)
    blocks = re.findall(r"^```(\w+)\n(.*?)^```$", GUIDE.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    assert [kind for kind, _ in blocks] == [
        "python",
        "python",
        "sql",
        "text",
        "python",
        "jsonl",
        "sql",
        "text",
    ]
    [data] = [text for kind, text in blocks if kind == "jsonl"]
    (tmp_path / "orders.jsonl").write_text(data, "utf-8")
    names = {"spark": spark}
    shown = []
    for kind, text in blocks:
        if kind == "python":
            code = text.replace('"shop.db"', repr(str(database)))
            exec(compile(code, str(GUIDE), "exec"), names)
        elif kind == "sql":
            shown = ["|".join(map(str, row)) for row in query(text)]
        elif kind == "text":
            assert shown == text.splitlines()
    assert names["run"].loaded == 1
