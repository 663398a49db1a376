"""RDDs: shuffles by a text key, a join, text files; accumulators, one with its own addition; broadcasts."""

from pyspark import AccumulatorParam
from pyspark.sql import SparkSession

spark = SparkSession.builder.getOrCreate()
context = spark.sparkContext

words = context.parallelize(["spark", "rdd", "grüße", "spark", "rdd", "spark"], 3)
counts = words.map(lambda word: (word, 1)).reduceByKey(lambda a, b: a + b, 2)
print("counts", sorted(counts.collect()))
print("lengths", sorted(counts.join(words.distinct().map(lambda word: (word, len(word)))).collect()))
print("partitions", counts.getNumPartitions(), words.glom().map(len).collect())
print("first letters", sorted(words.groupBy(lambda word: word[0]).mapValues(len).collect()))
print("aggregate", context.range(1000, numSlices=4).aggregate(0, lambda a, b: a + b, lambda a, b: a + b))

counts.sortByKey().map(lambda pair: f"{pair[0]} {pair[1]}").saveAsTextFile("out/rdds/counts")
print("read back", context.textFile("out/rdds/counts").collect())


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
