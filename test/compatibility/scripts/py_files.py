"""--py-files with a module, a zip, an egg and a wheel, on driver and executor; --files; --archives."""

import importlib
import sys

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
    # A file is in the executor's folder, too.
    with open("other-notes.txt", encoding="utf-8") as file:
        yield file.read()


def packed(_):
    version = "python{}.{}".format(*sys.version_info)
    sys.path.append(f"environment/lib/{version}/site-packages")
    import from_environment

    yield from_environment.word


print("files", spark.sparkContext.parallelize([1], 1).mapPartitions(notes).collect())
print("archive", spark.sparkContext.parallelize([1], 1).mapPartitions(packed).collect())
