# Runs a small job of every kind, so that write-class-list.js sees which classes Spark loads.
import json

from pyspark.sql import SparkSession
from pyspark.sql import functions as f

with open("in.jsonl", "w") as lines:
    for i in range(1000):
        row = {"id": i, "name": f"n{i % 7}", "at": "2026-01-01T00:00:00Z", "x": i / 3}
        lines.write(json.dumps(row) + "\n")
spark = SparkSession.builder.appName("training").config("spark.sql.shuffle.partitions", 2).getOrCreate()
rows = spark.read.schema("id long, name string, at timestamp, x double").json("in.jsonl")
clean = rows.withColumn("name", f.lower(f.regexp_replace("name", "[^a-z0-9]", ""))).filter("id >= 0")
counts = clean.groupBy("name").agg(f.count("*").alias("n"), f.avg("x").alias("mean"))
clean.join(counts, "name").orderBy("id").write.mode("overwrite").parquet("out")
spark.read.parquet("out").createOrReplaceTempView("t")
spark.sql("select name, max(at) from t group by name").collect()
spark.read.text("in.jsonl").mapInArrow(lambda batches: batches, "value string").count()
spark.read.option("header", True).csv("in.jsonl").count()
spark.sparkContext.parallelize(range(10), 2).map(lambda n: n + 1).collect()
spark.stop()
