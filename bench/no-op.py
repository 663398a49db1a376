"""The smallest application: a session that is opened on the cluster and ended. Prints its word and the application's id."""

import sys

from pyspark.sql import SparkSession

spark = SparkSession.builder.appName("no-op").getOrCreate()
print("no-op", sys.argv[1], spark.sparkContext.applicationId)
spark.stop()
