"""Accumulators, one with an addition of its own, and broadcasts, one large enough for several blocks."""

from pyspark import AccumulatorParam
from pyspark.sql import SparkSession

spark = SparkSession.builder.getOrCreate()
context = spark.sparkContext


class Letters(AccumulatorParam):
    def zero(self, value):
        return frozenset()

    def addInPlace(self, value1, value2):
        return value1 | frozenset(value2)


total = context.accumulator(0)
letters = context.accumulator(frozenset(), Letters())
names = context.broadcast({n: f"name-{n}" for n in range(10)})
large = context.broadcast(bytes(5_000_000))


def look_up(number):
    total.add(number)
    name = names.value[number % 10]
    letters.add(name[-1])
    return name, len(large.value)


print("looked up", sorted(context.parallelize(range(20), 4).map(look_up).collect())[:3])
print("total", total.value, "letters", sorted(letters.value))
names.unpersist(blocking=True)
large.destroy()
print("again", context.parallelize([7], 1).map(lambda number: names.value[number]).first())
spark.stop()
