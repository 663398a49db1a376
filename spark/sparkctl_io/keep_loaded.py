"""Keeps the packages of a Python worker out of the work that Spark has it do for every task."""

import gc
import re
import sys

_SPARKS_OWN_JAR = re.compile(r"[/\\]jars[/\\]spark-core_[^/\\]+\.jar$")


def keep_loaded() -> None:
    """
    Takes what the worker has loaded for permanent, the first time that it is called there.

    After a task Spark has the worker collect garbage, which takes 30 to 70 ms among the objects of pandas and
    pyarrow. Before a task it forgets what it knows of the archives on Python's path, and reads their contents
    again, those of Spark's own jar too, in which there is no Python: 25 ms.
    """
    own = [path for path in sys.path if _SPARKS_OWN_JAR.search(path)]
    if not own:
        return
    for path in own:
        sys.path.remove(path)
        sys.path_importer_cache.pop(path, None)
    gc.freeze()
