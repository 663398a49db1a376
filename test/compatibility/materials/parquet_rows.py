"""Prints what each of some Parquet files holds, one JSON text a line: parquet_rows.py FILE..."""

import json
import sys

import pyarrow.parquet as parquet

for path in sys.argv[1:]:
    # A file by itself: its folders' names are no columns.
    table = parquet.ParquetFile(path).read()
    print(json.dumps([str(table.schema), table.to_pydict()], default=str))
