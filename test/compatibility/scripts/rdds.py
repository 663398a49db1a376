"""RDDs: transformations, a shuffle by a text key, a join, a partitioner, and text files."""

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

counts.sortByKey().map(lambda pair: f"{pair[0]} {pair[1]}").saveAsTextFile("out/counts")
print("read back", context.textFile("out/counts").collect())
spark.stop()
