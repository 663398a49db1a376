"""--name, -c, --properties-file, --jars, --driver-java-options, --executor-memory, --total-executor-cores."""

from pyspark.sql import SparkSession

spark = SparkSession.builder.getOrCreate()
context = spark.sparkContext
conf = context.getConf()
print("name", context.appName)
for key in ("colour", "size", "shape"):
    print(key, conf.get(f"spark.example.{key}"))
print("executor memory", conf.get("spark.executor.memory"), "cores", conf.get("spark.cores.max"))
print("option", context._jvm.System.getProperty("example.option"))
print("jars", [path.rsplit("/", 1)[-1] for path in conf.get("spark.jars").split(",")])
print("from the jar", context._jvm.compatibility.Words.join("a", "b"))
print("sum", context.parallelize(range(100), 2).sum())
spark.stop()
