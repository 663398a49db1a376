#!/bin/bash
# Makes a class-data archive while the image is built: the classes that Spark loads, ready to be mapped into memory. Each
# of its Java processes then starts in about half the time, and they share the memory.
#
# A small cluster runs a small job, every process writes down which classes it loads, and Java archives them all
# together. Java uses an archive only with the class path it was made with, and makes none with a folder that has
# something in it: so every process gets the same class path as an executor does, with an empty folder in place of the settings' one
# (see entrypoint.sh).
#
#   archive-classes.sh ARCHIVE EMPTY_FOLDER
set -euo pipefail
archive="$1"
empty="$2"
work="$(mktemp -d)"
trap 'kill $(jobs -p) 2> /dev/null || true; rm -rf "$work"' EXIT
export SPARK_CONF_DIR="$empty" SPARK_SCALA_VERSION=2.13 SPARK_LOCAL_IP=127.0.0.1 SPARK_LOCAL_DIRS="$work"
# Spark puts the jar of slf4j-api first, so that no other one's copy is taken.
class_path="$empty/:$(echo "$SPARK_HOME"/jars/slf4j-api-*.jar):$SPARK_HOME/jars/*"

mkdir "$work/events"
cat > "$work/settings" << SETTINGS
spark.master.rest.enabled false
spark.authenticate true
spark.authenticate.secret training
spark.network.crypto.enabled true
spark.network.crypto.cipher AES/GCM/NoPadding
spark.ui.reverseProxy true
spark.eventLog.enabled true
spark.eventLog.dir file://$work/events
spark.history.fs.logDirectory file://$work/events
spark.history.fs.update.interval 1s
spark.sql.shuffle.partitions 2
spark.driver.extraJavaOptions -XX:TieredStopAtLevel=1 -XX:DumpLoadedClassList=$work/driver.classes
spark.executor.extraJavaOptions -XX:TieredStopAtLevel=1 -XX:DumpLoadedClassList=$work/executor.classes
SETTINGS

start() {
  local role="$1"
  shift
  java -cp "$class_path" -Xmx512m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -XX:DumpLoadedClassList="$work/$role.classes" \
    "$@" > "$work/$role.log" 2>&1 &
}

# Waits for a page's port; a process that is not there after two minutes has failed.
wait_for() {
  local deadline=$((SECONDS + 120))
  until (exec 3<> "/dev/tcp/127.0.0.1/$1") 2> /dev/null; do
    ((SECONDS < deadline)) || { tail -n 20 "$work"/*.log >&2; exit 1; }
    sleep 0.2
  done
}

start master org.apache.spark.deploy.master.Master --host 127.0.0.1 --port 7077 --webui-port 8080 --properties-file "$work/settings"
start history org.apache.spark.deploy.history.HistoryServer --properties-file "$work/settings"
wait_for 8080
start worker org.apache.spark.deploy.worker.Worker --webui-port 8081 --cores 2 --memory 1g --work-dir "$work/work" \
  --properties-file "$work/settings" spark://127.0.0.1:7077
wait_for 8081
wait_for 18080

cat > "$work/job.py" << 'JOB'
import json, sys, urllib.request
from pyspark.sql import SparkSession
from pyspark.sql import functions as f

folder = sys.argv[1]
with open(f"{folder}/in.jsonl", "w") as lines:
    for i in range(1000):
        lines.write(json.dumps({"id": i, "name": f"n{i % 7}", "at": "2026-01-01T00:00:00Z", "x": i / 3}) + "\n")
spark = SparkSession.builder.appName("training").getOrCreate()
rows = spark.read.schema("id long, name string, at timestamp, x double").json(f"{folder}/in.jsonl")
clean = rows.withColumn("name", f.lower(f.regexp_replace("name", "[^a-z0-9]", ""))).filter("id >= 0")
counts = clean.groupBy("name").agg(f.count("*").alias("n"), f.avg("x").alias("mean"))
clean.join(counts, "name").orderBy("id").write.mode("overwrite").parquet(f"{folder}/out")
spark.read.parquet(f"{folder}/out").createOrReplaceTempView("t")
spark.sql("select name, max(at) from t group by name").collect()
spark.read.text(f"{folder}/in.jsonl").mapInArrow(lambda batches: batches, "value string").count()
spark.sparkContext.parallelize(range(10), 2).map(lambda n: n + 1).collect()
spark.stop()
for page in ("8080/", "8080/json/", "8081/", "18080/", "18080/api/v1/applications"):
    urllib.request.urlopen(f"http://127.0.0.1:{page}").read()
JOB
"$SPARK_HOME/bin/spark-submit" --master spark://127.0.0.1:7077 --properties-file "$work/settings" --executor-memory 512m \
  "$work/job.py" "$work" > "$work/driver.log" 2>&1 || { tail -n 40 "$work/driver.log" >&2; exit 1; }

kill $(jobs -p)
wait || true
sort -u "$work"/*.classes > "$work/all"
java -Xshare:dump -XX:SharedClassListFile="$work/all" -XX:SharedArchiveFile="$archive" -cp "$class_path" > "$work/dump.log" 2>&1 \
  || { tail -n 20 "$work/dump.log" >&2; exit 1; }
chmod 0644 "$archive"
echo "archived the classes of $(ls "$work"/*.classes | wc -l) processes in $(du -h "$archive" | cut -f1)"
