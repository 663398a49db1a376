"""Structured Streaming with availableNow: a checkpoint and a file sink; each start takes what is new."""

import json
from pathlib import Path

from pyspark.sql import SparkSession

spark = SparkSession.builder.getOrCreate()
source = Path("out/streaming/source")
source.mkdir(parents=True)


def arrive(name, numbers):
    lines = [json.dumps({"number": number}) for number in numbers]
    (source / name).write_text("\n".join(lines) + "\n")


def run():
    stream = spark.readStream.schema("number long").json(str(source))
    query = (
        stream.selectExpr("number", "number * number AS square")
        .writeStream.format("json")
        .option("checkpointLocation", "out/streaming/checkpoint")
        .trigger(availableNow=True)
        .start("out/streaming/sink")
    )
    query.awaitTermination()
    return [progress.numInputRows for progress in query.recentProgress]


arrive("1.json", range(5))
print("first start", run())
arrive("2.json", range(5, 8))
print("second start", run())
print("third start", run())
print(sorted(tuple(row) for row in spark.read.json("out/streaming/sink").collect()))
