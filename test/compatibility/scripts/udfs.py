"""User-defined functions: plain Python, Arrow, pandas in its three shapes, a table function."""

from collections.abc import Iterator

import pandas as pd
from pyspark.sql import SparkSession
from pyspark.sql import functions as f

spark = SparkSession.builder.getOrCreate()
frame = spark.range(0, 12, 1, 3).withColumn("text", f.concat(f.lit("Nr. "), f.col("id")))


@f.udf("string")
def plain(text):
    return text.upper()


@f.udf("array<int>", useArrow=True)
def with_arrow(number):
    return [number, number * number]


@f.pandas_udf("long")
def on_series(numbers: pd.Series) -> pd.Series:
    return numbers + 1


@f.pandas_udf("double")
def on_group(numbers: pd.Series) -> float:
    return float(numbers.median())


def on_batches(batches: Iterator[pd.DataFrame]) -> Iterator[pd.DataFrame]:
    for batch in batches:
        yield batch[batch["id"] % 2 == 0]


def on_groups(group: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame({"rest": [group["id"].iloc[0] % 3], "rows": [len(group)]})


@f.udtf(returnType="number int, letter string")
class Letters:
    def eval(self, word: str):
        yield from enumerate(word)


frame.select(plain("text"), with_arrow("id"), on_series("id")).orderBy("id").show(4, truncate=False)
frame.groupBy(f.col("id") % 3).agg(on_group("id").alias("median")).orderBy("median").show()
print(sorted(row.id for row in frame.mapInPandas(on_batches, "id long, text string").collect()))
frame.groupBy(f.col("id") % 3).applyInPandas(on_groups, "rest long, rows long").orderBy("rest").show()
print([tuple(row) for row in Letters(f.lit("udtf")).collect()])
spark.udf.register("shout", plain)
print(spark.sql("SELECT shout('sql')").first()[0])
