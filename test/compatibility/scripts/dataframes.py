"""DataFrames: reading, joining, windows, and every file format that needs no further package."""

from pyspark.sql import SparkSession, Window
from pyspark.sql import functions as f

spark = SparkSession.builder.getOrCreate()
cities = spark.createDataFrame([(0, "Zürich"), (1, "São Paulo"), (2, None)], "city_id int, city string")
people = spark.range(0, 1000, 1, 4).select(
    "id", (f.col("id") % 3).cast("int").alias("city_id"), (f.col("id") * 7 % 101).alias("points")
)

joined = people.join(f.broadcast(cities), "city_id")
joined.groupBy("city").agg(f.count("*").alias("people"), f.avg("points").alias("mean")).orderBy("city").show()
ranked = joined.withColumn(
    "place", f.row_number().over(Window.partitionBy("city").orderBy(f.desc("points"), "id"))
)
ranked.filter("place = 1").orderBy("id").show(truncate=False)
joined.printSchema()

best = ranked.filter("place <= 3").select("id", "city", "points").orderBy("id").coalesce(1)
best.write.csv("out/dataframes/csv", header=True)
best.write.json("out/dataframes/json")
best.write.partitionBy("city").parquet("out/dataframes/parquet")
best.write.orc("out/dataframes/orc")
for read in (
    spark.read.csv("out/dataframes/csv", header=True, inferSchema=True),
    spark.read.json("out/dataframes/json"),
    spark.read.parquet("out/dataframes/parquet"),
    spark.read.orc("out/dataframes/orc"),
):
    print(sorted(read.columns), read.agg(f.sum("id"), f.max("points")).first())
