"""Options that say what an application is called, is given, may take, and needs from a Maven repository."""

from pyspark.sql import SparkSession

spark = SparkSession.builder.getOrCreate()
context = spark.sparkContext
conf = context.getConf()
print("name", context.appName)
for key in ("colour", "size", "shape"):
    print(key, conf.get(f"spark.example.{key}"))
print("executor memory", conf.get("spark.executor.memory"), "cores", conf.get("spark.cores.max"))
print("option", context._jvm.System.getProperty("example.option"))
print("jars", sorted(path.rsplit("/", 1)[-1] for path in conf.get("spark.jars").split(",")))
print("from the jar", context._jvm.compatibility.Words.join("a", "b"))
loader = context._jvm.Thread.currentThread().getContextClassLoader()
print("from the package", loader.loadClass("org.apache.commons.csv.CSVFormat").getName())
print("sum", context.parallelize(range(100), 2).sum())
