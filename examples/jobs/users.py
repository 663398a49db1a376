"""Loads users from lines of JSON into a table; rows of minors and without a usable address are rejected."""

import sys

from pyspark.sql import SparkSession
from pyspark.sql.functions import col
from pyspark.sql.types import StructType

from sparkctl_io import clean_email, is_email, read_json_lines, reject, require, write_sqlite

USERS = StructType().add("id", "long").add("name", "string").add("age", "long").add("email", "string")

path, database, table, run_id = sys.argv[1:]
spark = SparkSession.builder.appName("users").getOrCreate()
users = (
    read_json_lines(spark, path, USERS)
    .transform(require("id", "name", "age", "email"))
    .withColumn("email", clean_email("email"))
    .transform(reject("invalid-email", ~is_email("email")))
    .transform(reject("minor", col("age") < 18))
)
write_sqlite(users, database, table, key="id", run_id=run_id)
