"""Prints columns and rows of Parquet files, rows in a fixed order, a line a file: parquet_rows.py FILE..."""

import json
import sys

import pyarrow.parquet as parquet

for path in sys.argv[1:]:
    # A file by itself: its folders' names are no columns.
    table = parquet.ParquetFile(path).read()
    columns = [str(field) for field in table.schema.remove_metadata()]
    print(json.dumps([columns, sorted(json.dumps(row, default=str) for row in table.to_pylist())]))
