"""pandas on Spark: the pandas interface, computed by Spark."""

import pyspark.pandas as ps

frame = ps.DataFrame({"team": ["a", "b", "a", "c"] * 25, "points": range(100)})
print(frame.groupby("team")["points"].sum().sort_index())
print(frame["points"].describe())
frame["double"] = frame["points"] * 2
print(frame[frame["points"] > 96].sort_values("points"))
best = frame.groupby("team").max().sort_index()
best.spark.repartition(1).to_csv("out/pandas_on_spark/best", index_col="team")
