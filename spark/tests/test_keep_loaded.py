"""Tests of Python workers, in which packages stay loaded and cost the next tasks nothing."""

import pytest

from sparkctl_io import read_json_lines, write_sqlite


@pytest.mark.parametrize("by", ["reading", "writing"])
def test_a_worker_keeps_what_it_has_loaded(spark, tmp_path, database, monkeypatch, by):
    def look(batches):
        import gc
        import os
        import sys

        import pyarrow as pa

        jars = [path for path in [*sys.path, *sys.path_importer_cache] if path.endswith(".jar")]
        for _ in batches:
            yield pa.RecordBatch.from_pylist(
                [{"pid": os.getpid(), "frozen": gc.get_freeze_count(), "jars": len(jars)}]
            )

    def looked():
        [row] = spark.range(0, 1, 1, 1).mapInArrow(look, "pid long, frozen long, jars long").collect()
        return row

    # The variables of workers tell which of them can be used again: here it is one that no other test has used.
    monkeypatch.setitem(spark.sparkContext.environment, "USED_BY", by)
    before = looked()
    assert (before["frozen"], before["jars"] > 0) == (0, True)
    if by == "reading":
        lines = tmp_path / "in.jsonl"
        lines.write_text('{"id": 1}\n' * 3, "utf-8")
        assert read_json_lines(spark, str(lines), spark.range(0).schema).count() == 3
    else:
        write_sqlite(spark.range(0, 3, 1, 1), database, "t", key=["id"])
    after = looked()
    assert after["pid"] == before["pid"]
    assert after["frozen"] > 10_000
    assert after["jars"] == 0
