"""Adds up the orders of each customer."""

import sys

from pyspark.sql import SparkSession
from pyspark.sql.functions import col, count
from pyspark.sql.functions import sum as total
from pyspark.sql.types import StructType

from sparkctl_io import accepted, read_csv, reject, write_sqlite

ORDERS = StructType().add("id", "integer").add("customer", "string").add("price", "decimal(10,2)")

path, database, run_id = sys.argv[1:]
spark = SparkSession.builder.appName("totals").getOrCreate()
orders = accepted(read_csv(spark, path, ORDERS).transform(reject("negative-price", col("price") < 0)))
totals = orders.groupBy("customer").agg(count("*").alias("orders"), total("price").alias("total"))
write_sqlite(totals, database, "totals", mode="overwrite", key="customer", run_id=run_id)
