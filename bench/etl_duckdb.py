"""
Loads what jobs/etl.py loads, without Spark: DuckDB on two threads, the same cleaning, and ADBC.

    etl_duckdb.py USERS_JSONL DATABASE
"""

import sys

import adbc_driver_sqlite.dbapi as adbc
import duckdb

QUERY = """
WITH lines AS (
  SELECT * FROM read_json($1, format = 'newline_delimited', ignore_errors = true, columns = {
    id: 'BIGINT', name: 'VARCHAR', age: 'BIGINT', email: 'VARCHAR', salary: 'DOUBLE', city: 'VARCHAR',
    created_at: 'VARCHAR'
  })
), cleaned AS (
  SELECT * REPLACE (lower(regexp_replace(email, '[^A-Za-z0-9._%+@-]+', '', 'g')) AS email) FROM lines
  WHERE COLUMNS(*) IS NOT NULL
)
SELECT * FROM cleaned
WHERE age BETWEEN 0 AND 150
  AND regexp_matches(email, '^[a-z0-9_%+-]+(\\.[a-z0-9_%+-]+)*@([a-z0-9]([a-z0-9-]*[a-z0-9])?\\.)+[a-z]{2,}$')
QUALIFY row_number() OVER (PARTITION BY id) = 1
"""


def main() -> None:
    source, database = sys.argv[1:]
    duckdb.execute("SET threads = 2")
    rows = duckdb.sql(QUERY, params=[source]).to_arrow_reader(100_000)
    with adbc.connect(database) as connection, connection.cursor() as cursor:
        cursor.adbc_ingest("users", rows, mode="append")
        connection.commit()


if __name__ == "__main__":
    main()
