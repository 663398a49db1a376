"""Computes the figures of a run again, from Spark's event log alone, sharing nothing with sparkctl.

    python3 figures_again.py FILE...

The files are those of one application's log, not compressed. Prints one JSON object.
"""

import json
import statistics
import sys
from collections import defaultdict
from pathlib import Path


def main(paths: list[str]) -> None:
    tasks = defaultdict(list)
    started = ended = 0
    cores = 0
    for path in paths:
        for line in Path(path).read_text(encoding="utf-8").splitlines():
            event = json.loads(line)
            kind = event["Event"]
            if kind == "SparkListenerTaskEnd":
                tasks[f"{event['Stage ID']}.{event['Stage Attempt ID']}"].append(event)
            elif kind == "SparkListenerApplicationStart":
                started = event["Timestamp"]
            elif kind == "SparkListenerApplicationEnd":
                ended = event["Timestamp"]
            elif kind == "SparkListenerExecutorAdded":
                cores += event["Executor Info"]["Total Cores"]
    every = [task for stage in tasks.values() for task in stage]
    running = [0] * (ended - started + 1)
    for task in every:
        for at in range(launched(task), finished(task)):
            if started <= at < ended:
                running[at - started] += 1
    found = {
        "stages": {key: figures(stage) for key, stage in tasks.items()},
        "spill": sum(metric(task, "Disk Bytes Spilled") for task in every),
        "failed": sum(task["Task Info"]["Failed"] for task in every),
        "driver": sum(1 for at in running[:-1] if at == 0),
        "gc": ratio(every, "JVM GC Time", "Executor Run Time"),
        "cores": cores,
    }
    sys.stdout.write(json.dumps(found))


def figures(stage: list[dict]) -> dict:
    times = sorted(
        finished(task) - launched(task) for task in stage if task["Task End Reason"]["Reason"] == "Success"
    )
    median = statistics.median_low(times) if times else 0
    return {
        "tasks": len(stage),
        "run": sum(metric(task, "Executor Run Time") for task in stage),
        "gc": sum(metric(task, "JVM GC Time") for task in stage),
        "input": sum(metric(task, "Input Metrics", "Bytes Read") for task in stage),
        "shuffle-read": sum(
            metric(task, "Shuffle Read Metrics", where)
            for task in stage
            for where in ("Remote Bytes Read", "Local Bytes Read")
        ),
        "shuffle-write": sum(
            metric(task, "Shuffle Write Metrics", "Shuffle Bytes Written") for task in stage
        ),
        "spill": sum(metric(task, "Disk Bytes Spilled") for task in stage),
        "median": median,
        "longest": times[-1] if times else 0,
        "skew": times[-1] / median if len(times) > 2 and median else None,
    }


def launched(task: dict) -> int:
    return task["Task Info"]["Launch Time"]


def finished(task: dict) -> int:
    return task["Task Info"]["Finish Time"]


def metric(task: dict, *names: str) -> int:
    value = task.get("Task Metrics") or {}
    for name in names:
        value = value.get(name, {})
    return value or 0


def ratio(tasks: list[dict], part: str, whole: str) -> float:
    total = sum(metric(task, whole) for task in tasks)
    return sum(metric(task, part) for task in tasks) / total if total else 0


main(sys.argv[1:])
