"""An exception that nobody catches, from within pyspark: a traceback, and 1."""

from pyspark.sql.types import StructType

print("before: grüße", flush=True)
StructType().add(5)
