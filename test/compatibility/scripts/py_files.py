"""--py-files with a module, a zip, an egg and a wheel, on the driver and on an executor; and --files."""

import importlib

from pyspark import SparkFiles
from pyspark.sql import SparkSession

spark = SparkSession.builder.getOrCreate()


def imported(name):
    try:
        return importlib.import_module(name).word
    except ImportError as error:
        return str(error)


def on_executor(name):
    return name, imported(name)


names = ["from_module", "from_zip", "from_egg", "from_wheel"]
print("driver", [(name, imported(name)) for name in names])
print("executor", spark.sparkContext.parallelize(names, 2).map(on_executor).collect())


def notes(_):
    with open(SparkFiles.get("notes.txt"), encoding="utf-8") as file:
        yield file.read()
    with open("renamed.txt", encoding="utf-8") as file:
        yield file.read()


print("files", spark.sparkContext.parallelize([1], 1).mapPartitions(notes).collect())
spark.stop()
