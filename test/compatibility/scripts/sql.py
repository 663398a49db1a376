"""SQL: views, common table expressions, a lateral view, a pivot, a table in the warehouse."""

from pyspark.sql import SparkSession

spark = SparkSession.builder.getOrCreate()
spark.range(100).selectExpr("id", "id % 4 AS class", "sequence(1, id % 3 + 1) AS steps").createTempView(
    "numbers"
)

spark.sql("""
    WITH sums AS (SELECT class, sum(id) AS total FROM numbers GROUP BY class)
    SELECT class, total, rank() OVER (ORDER BY total DESC) AS place FROM sums ORDER BY class
""").show()
spark.sql(
    "SELECT step, count(*) FROM numbers LATERAL VIEW explode(steps) AS step GROUP BY step ORDER BY step"
).show()
spark.sql("SELECT * FROM numbers PIVOT (count(steps) FOR class IN (0, 1)) ORDER BY id LIMIT 3").show()
print(spark.sql("SELECT :word AS word, 7 / 2 AS ratio", args={"word": "it's"}).first())

spark.sql("CREATE TABLE kept USING parquet AS SELECT class, max(id) AS largest FROM numbers GROUP BY class")
print(spark.table("kept").orderBy("class").collect())
spark.sql("INSERT INTO kept VALUES (9, 9)")
spark.sql("DESCRIBE kept").show()
print(spark.table("kept").count(), [table.name for table in spark.catalog.listTables()])
