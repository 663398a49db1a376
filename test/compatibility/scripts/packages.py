"""--packages from Maven Central: a class of the package, and the jars of what it needs."""

from pyspark.sql import SparkSession

spark = SparkSession.builder.getOrCreate()
loader = spark.sparkContext._jvm.Thread.currentThread().getContextClassLoader()
print(loader.loadClass("org.apache.commons.csv.CSVFormat").getName())
print(sorted(path.rsplit("/", 1)[-1] for path in spark.sparkContext.getConf().get("spark.jars").split(",")))
spark.stop()
