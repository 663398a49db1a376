"""
Loads what jobs/etl.py loads, the usual way: Spark's own JSON reader, the same cleaning, and JDBC.

    etl_jdbc.py USERS_JSONL DATABASE
"""

import sys

from pyspark.sql import SparkSession
from pyspark.sql.functions import col, lower, regexp_replace

COLUMNS = "id long, name string, age long, email string, salary double, city string, created_at string"
ADDRESS = r"^[a-z0-9_%+-]+(\.[a-z0-9_%+-]+)*@([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}$"


def main() -> None:
    source, database = sys.argv[1:]
    spark = SparkSession.builder.appName("etl by JDBC").getOrCreate()
    users = (
        spark.read.schema(COLUMNS)
        .json(source)
        .dropna()
        .withColumn("email", lower(regexp_replace("email", "[^A-Za-z0-9._%+@-]+", "")))
        .where(col("email").rlike(ADDRESS) & col("age").between(0, 150))
        .dropDuplicates(["id"])
    )
    users.coalesce(1).write.format("jdbc").mode("append").options(
        url=f"jdbc:sqlite:{database}", dbtable="users", driver="org.sqlite.JDBC", batchsize=10_000
    ).save()
    spark.stop()


if __name__ == "__main__":
    main()
