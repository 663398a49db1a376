"""pyspark.ml: a pipeline that is fitted, judged, saved, loaded and used again."""

from pyspark.ml import Pipeline, PipelineModel
from pyspark.ml.clustering import KMeans
from pyspark.ml.evaluation import ClusteringEvaluator
from pyspark.ml.feature import StandardScaler, VectorAssembler
from pyspark.sql import SparkSession
from pyspark.sql import functions as f

spark = SparkSession.builder.getOrCreate()
points = spark.range(0, 300, 1, 2).select(
    (f.col("id") % 3 * 10 + f.col("id") % 7 / 7).alias("x"),
    (f.col("id") % 3 * -5 + f.col("id") % 5 / 5).alias("y"),
)
pipeline = Pipeline(
    stages=[
        VectorAssembler(inputCols=["x", "y"], outputCol="raw"),
        StandardScaler(inputCol="raw", outputCol="features", withMean=True),
        KMeans(k=3, seed=7, maxIter=20),
    ]
)
model = pipeline.fit(points)
predictions = model.transform(points)
print("sizes", sorted(row["count"] for row in predictions.groupBy("prediction").count().collect()))
print("silhouette", round(ClusteringEvaluator().evaluate(predictions), 6))
print(
    "centres",
    sorted([round(float(value), 6) for value in centre] for centre in model.stages[-1].clusterCenters()),
)
model.save("out/ml/model")
again = PipelineModel.load("out/ml/model").transform(points)
print("the same again", again.exceptAll(predictions).isEmpty())
