"""A script that names its own master, local[*]: driver and executor are one process."""

import sys

from pyspark.sql import SparkSession

spark = SparkSession.builder.master("local[*]").appName("by itself").getOrCreate()
context = spark.sparkContext
print(context.master, context.appName, context.applicationId.split("-")[0])
print("sum", spark.range(1000).selectExpr("sum(id)").first()[0])
print("doubled", context.parallelize(range(100), 4).map(lambda number: number * 2).sum())
spark.range(10).write.parquet("out/ten")
print("on stderr", file=sys.stderr)
spark.stop()
sys.exit(3)
