"""Stand by as a driver: what spark-submit runs in place of a script that is still to come.

The program makes a SparkContext, so that executors are there, does once in small what jobs do, so that JVMs
and Python workers are warm, and waits in its folder for one run. That run's script finds everything as under
spark-submit: ``sys.argv``, ``sys.path``, ``__main__``, the environment, the exit code. Its first
``SparkContext`` takes over the one that waits where both are set alike, and otherwise is a new one in the
warm JVM. The event log begins when the script takes it over: the application is the run's own from its first
line.

    spark-submit [options] standby.py FOLDER IDLE_SECONDS MASTER_PAGE [PAGE_OF_CONNECT_SERVER]

Files of FOLDER, each written in one step:

- ``variables.json``: the names of the variables that spark-submit was started with
- ``ready``: written here once the executors are there and warm
- ``claimed``: made by whoever takes the standby, itself included when it leaves; then nobody else can
- ``run.json``: the run, with its script, arguments, variables and properties
- ``begun``: written here when ``run.json`` was read and the script is about to begin
"""

import builtins
import gc
import importlib
import importlib.machinery
import importlib.util
import json
import os
import signal
import socketserver
import sys
import tempfile
import threading
import time
import types
import urllib.request
from contextlib import suppress
from functools import partialmethod
from pathlib import Path
from typing import Any

from pyspark import accumulators
from pyspark.core.context import SparkContext
from pyspark.core.files import SparkFiles
from pyspark.sql import SparkSession
from pyspark.sql import functions as f

#: Seconds between two looks for a run, and between two questions to the master.
LOOK_SECONDS = 0.01
ASK_SECONDS = 0.75
#: The number of questions in a row that a master may leave unanswered before it is taken for gone.
SILENCES = 8
#: The name on the master's page, which cannot be changed once an application has registered.
NAME = "sparkctl standby"
#: The name of a Connect server on the master's page.
CONNECT_SERVER = "Spark Connect server"
#: Settings that are read when a context is taken over, so that each run has its own.
LATE = ("spark.app.", "spark.eventLog.", "spark.sparkctl.run")
#: The folder of managed tables. It is fixed when the first session is made, and each test may have its own.
WAREHOUSE = "spark.sql.warehouse.dir"


class Standby:
    """The context that waits for a script, and the settings that it was made with."""

    def __init__(self) -> None:
        # What making a context changes in Python is the script's to change.
        self._path, self._environment = list(sys.path), dict(os.environ)
        self._settings: dict[str, str] = {}
        with ContextMaker(self._make_quiet):
            self.context: Any = SparkContext()
        # Spark keeps some findings of a context among the JVM's properties: the next SparkConf has them.
        jvm: Any = self.context._jvm
        self._found = as_dict(jvm.SparkConf()).items() - self._settings.items()
        self._beginning = Beginning(self.context)
        self._numbers = Numbers(self.context)

    def _make_quiet(self, context: Any, jconf: Any) -> Any:
        self._settings = as_dict(jconf)
        jconf.set("spark.eventLog.enabled", "false").set("spark.app.name", NAME)
        return context._jvm.JavaSparkContext(jconf)

    def executors(self) -> int:
        """Count the executors that have registered."""
        return int(self.context._jsc.sc().getExecutorMemoryStatus().size()) - 1

    def warm_up(self) -> None:
        """Do once, in small, what jobs do: classes get loaded, and Python workers get their packages."""
        # For scripts that exchange data with pandas.
        import_installed("pandas", "pyarrow")
        session = SparkSession(self.context)
        cores = self.context.defaultParallelism
        rows = session.range(0, 64, 1, cores)
        rows.groupBy((rows.id % 3).alias("k")).agg(f.count("*"), f.avg("id")).collect()
        rows.mapInArrow(import_packages, "id long").count()
        self.context.parallelize(range(cores), cores).map(lambda n: n + 1).sum()
        path = file_on_all_nodes()
        if path is not None:
            lines = session.read.text(path).filter("value like '%x%'")
            lines.withColumn("n", f.regexp_replace("value", "[^a-z]", "")).count()
            session.read.schema("a string, b long").json(path).filter("a is null").count()
        self._beginning.rehearse()

    def prepare(self, run: dict[str, Any]) -> None:
        """Put settings, numbers and Python to where the script of a run expects them."""
        system = self.context._jvm.System
        for key, value in run["properties"].items():
            system.setProperty(key, value)
        if system.getProperty("spark.app.name") == Path(__file__).name:
            system.setProperty("spark.app.name", run["name"])
        system.setProperty("spark.app.submitTime", str(system.currentTimeMillis()))
        self._numbers.to_zero()
        sys.path[:] = self._path
        os.environ.clear()
        os.environ.update(self._environment)
        # Held, since the JVM lets go of what Python does no longer know.
        self._gateway = SparkContext._gateway
        # Before its first context a script has no JVM, and its SparkConf no defaults.
        SparkContext._gateway = SparkContext._jvm = None
        SparkContext._active_spark_context = None
        SparkContext._next_accum_id = 0
        SparkSession._instantiatedSession = None
        SparkFiles._sc = SparkFiles._root_directory = None
        accumulators._accumulatorRegistry.clear()
        # The end of a context waits for that of its server, which looks twice a second whether it is to end.
        quick: Any = partialmethod(socketserver.BaseServer.serve_forever, poll_interval=0.02)
        for server in (accumulators.AccumulatorTCPServer, accumulators.AccumulatorUnixServer):
            server.serve_forever = quick  # type: ignore[method-assign]
        signal.signal(signal.SIGINT, signal.default_int_handler)
        ContextMaker(self._take_over)

    def _take_over(self, context: Any, jconf: Any) -> Any:
        """Give a script's first context the JVM's that waits, where it is set alike; else make another."""
        jvm = context._jvm
        waiting = jvm.JavaSparkContext(jvm.org.apache.spark.SparkContext.getOrCreate())
        wanted = dict(as_dict(jconf).items() - self._found)
        different = self._settings_against(wanted, jvm)
        if different == [WAREHOUSE] and WAREHOUSE in wanted:
            address = move_warehouse(jvm, waiting.sc(), wanted[WAREHOUSE])
            if address is not None:
                wanted[WAREHOUSE], different = address, []
        if different:
            log = jvm.org.apache.logging.log4j.LogManager.getLogger("sparkctl.standby")
            log.info(f"The script gets a new context, since it is set otherwise: {', '.join(different)}")
            waiting.stop()
            return jvm.JavaSparkContext(jconf)
        scala, now = waiting.sc(), int(jvm.System.currentTimeMillis())
        settings = scala.conf()
        for key in self._settings.keys() - wanted.keys():
            settings.remove(key)
        for key, value in wanted.items():
            settings.set(key, value)
        settings.set("spark.app.startTime", str(now))
        self._beginning.begin(now)
        # A session reads its settings when it is made; a new one shares page and catalogue of the one before.
        sessions = scala_object(jvm, "org.apache.spark.sql.classic.SparkSession")
        sessions.clearActiveSession()
        used = sessions.getDefaultSession()
        if used.isDefined():
            sessions.setDefaultSession(used.get().newSession())
        return waiting

    def _settings_against(self, wanted: dict[str, str], jvm: Any) -> list[str]:
        keys = wanted.keys() | self._settings.keys()
        different = (key for key in keys if wanted.get(key) != self._settings.get(key))
        return sorted(key for key in different if not (key.startswith(LATE) or is_of_session(key, jvm)))


class ContextMaker:
    """Has the next ``SparkContext`` get its JVM's counterpart from a function; in a block, at most there."""

    def __init__(self, make: Any) -> None:
        self._usual = SparkContext._initialize_context

        def once(context: Any, jconf: Any) -> Any:
            self.__exit__()
            return make(context, jconf)

        SparkContext._initialize_context = once  # type: ignore[method-assign, assignment]

    def __enter__(self) -> None:
        pass

    def __exit__(self, *_: object) -> None:
        SparkContext._initialize_context = self._usual  # type: ignore[method-assign]


def is_of_session(key: str, jvm: Any) -> bool:
    """Tell whether a setting belongs to a session, and not to everything in the JVM."""
    settings = jvm.org.apache.spark.sql.internal.SQLConf
    return key.startswith("spark.sql.") and not settings.isStaticConfigKey(key)


def move_warehouse(jvm: Any, scala: Any, path: str) -> str | None:
    """Give the sessions of a context another warehouse, as if the first one had been made with it.

    Returns its address, or nothing where this Spark has it in another way.
    """
    with suppress(Exception):
        sql, hadoop = jvm.org.apache.spark.sql, scala.hadoopConfiguration()
        address = str(sql.internal.SharedState.qualifyWarehousePath(hadoop, path))
        hadoop.set("hive.metastore.warehouse.dir", address)
        used = scala_object(jvm, "org.apache.spark.sql.classic.SparkSession").getDefaultSession()
        if used.isDefined():
            shared = used.get().sharedState()
            sql.internal.SharedState.setWarehousePathConf(shared.conf(), shared.hadoopConf(), address)
            # Without its listeners: the event log would tell of it.
            catalogue = shared.externalCatalog().unwrapped()
            database = catalogue.getDatabase("default")
            place = sql.catalyst.catalog.CatalogUtils.stringToURI(address)
            name, description, properties = database.name(), database.description(), database.properties()
            catalogue.alterDatabase(database.copy(name, description, place, properties))
        return address
    return None


class Numbers:
    """The numbers of jobs, stages, RDDs, queries and columns, and the page, which a run begins anew.

    All that takes time is found before there is a run.
    """

    def __init__(self, context: Any) -> None:
        jvm = context._jvm
        self._scala = scala = context._jsc.sc()
        self._resets: list[tuple[Any, Any]] = []
        self._store: Any = None
        self._places: Any = None
        self._kinds: list[Any] = []
        # They are Spark's own affairs: what another version does not have stays as it is.
        for owner, counter in (
            (scala.dagScheduler(), "nextJobId"),
            (scala.dagScheduler(), "nextStageId"),
            (scala_object(jvm, "org.apache.spark.sql.execution.SQLExecution"), "_nextExecutionId"),
            (scala_object(jvm, "org.apache.spark.sql.catalyst.expressions.NamedExpression"), "curId"),
        ):
            with suppress(Exception):
                self._resets.append(reset_of(context, owner, counter))
        with suppress(Exception):
            scheduler = scala.dagScheduler()
            # By an RDD's number the scheduler remembers where its partitions are, and so how many it has.
            self._places = field_of(scheduler, "cacheLocs").get(scheduler)
            self._resets.append(reset_of(context, scala, "nextRddId"))
        with suppress(Exception):
            store = scala.statusStore().store()
            for inner in ("store", "inMemoryLists", "data"):
                store = field_of(store, inner).get(store)
            self._store = store
            for kind in (
                "org.apache.spark.status.JobDataWrapper",
                "org.apache.spark.status.StageDataWrapper",
                "org.apache.spark.status.TaskDataWrapper",
                "org.apache.spark.status.RDDOperationGraphWrapper",
                "org.apache.spark.sql.execution.ui.SQLExecutionUIData",
                "org.apache.spark.sql.execution.ui.SparkPlanGraphWrapper",
            ):
                self._kinds.append(class_of(jvm, kind))

    def to_zero(self) -> None:
        """Begin to count from zero, and clear the page."""
        self._scala.listenerBus().waitUntilEmpty()
        for handle, arguments in self._resets:
            with suppress(Exception):
                handle.invokeWithArguments(arguments)
        if self._places is not None:
            self._places.clear()
        for kind in self._kinds:
            with suppress(Exception):
                self._store.remove(kind)


class Beginning:
    """The beginning of an application: its event log, and the first events of that and the driver's page."""

    def __init__(self, context: Any) -> None:
        self._jvm, gateway = context._jvm, context._gateway
        self._scala = scala = context._jsc.sc()
        self._events, self._option = self._jvm.org.apache.spark.scheduler, self._jvm.scala.Option
        self._bus, self._settings = scala.listenerBus(), scala.conf()
        self._resolve = self._jvm.org.apache.spark.util.Utils.resolveURI
        self._fields = {name: field_of(scala, name) for name in ("startTime", "_eventLogger", "_eventLogDir")}
        scheduler, backend = scala.dagScheduler(), scala.schedulerBackend()
        self._stores = field_of(scheduler, "blockManagerMaster").get(scheduler)
        self._executors = field_of(backend, "executorDataMap").get(backend)
        self._as_java = self._jvm.scala.jdk.javaapi.CollectionConverters.asJava
        self._no_arguments = gateway.new_array(self._jvm.Object, 0)
        no_types = gateway.new_array(self._jvm.Class, 0)
        self._post_start = scala.getClass().getDeclaredMethod("postApplicationStart", no_types)
        self._post_start.setAccessible(True)

    def rehearse(self) -> None:
        """Write an event log that nobody reads: its classes get loaded."""
        with tempfile.TemporaryDirectory() as folder:
            log, _ = self._event_log(f"file:{folder}", self._settings.clone())
            log.start()
            log.onResourceProfileAdded(self._events.SparkListenerResourceProfileAdded(self._profile()))
            for event in self._block_managers(0):
                log.onBlockManagerAdded(event)
            log.stop()

    def begin(self, now: int) -> None:
        """Begin the event log, and tell it and the driver's page of an application that starts now, in ms."""
        scala, bus, settings = self._scala, self._bus, self._settings
        self._fields["startTime"].setLong(scala, now)
        if settings.getBoolean("spark.eventLog.enabled", False):
            folder = settings.get("spark.eventLog.dir", "/tmp/spark-events").rstrip("/")
            log, where = self._event_log(folder, settings)
            log.start()
            # Where the context looks for what it closes at its end.
            self._fields["_eventLogger"].set(scala, self._option.apply(log))
            self._fields["_eventLogDir"].set(scala, self._option.apply(where))
            bus.addToEventLogQueue(log)
        bus.post(self._events.SparkListenerResourceProfileAdded(self._profile()))
        driver, *others = self._block_managers(now)
        bus.post(driver)
        scala.postEnvironmentUpdate()
        self._post_start.invoke(scala, self._no_arguments)
        for number, executor in self._as_java(self._executors).items():
            bus.post(self._events.SparkListenerExecutorAdded(now, number, executor))
        for other in others:
            bus.post(other)

    def _event_log(self, folder: str, settings: Any) -> tuple[Any, Any]:
        scala, where = self._scala, self._resolve(folder)
        arguments = (
            scala.applicationId(),
            self._option.empty(),
            where,
            settings,
            scala.hadoopConfiguration(),
        )
        return self._events.EventLoggingListener(*arguments), where

    def _profile(self) -> Any:
        return self._scala.resourceProfileManager().defaultResourceProfile()

    def _block_managers(self, now: int) -> list[Any]:
        """The driver's comes first."""
        stores = sorted(
            self._stores.getStorageStatus(), key=lambda store: not store.blockManagerId().isDriver()
        )
        sizes = (
            (each.blockManagerId(), each.maxMem(), each.maxOnHeapMem(), each.maxOffHeapMem())
            for each in stores
        )
        return [self._events.SparkListenerBlockManagerAdded(now, *each) for each in sizes]


def class_of(jvm: Any, name: str) -> Any:
    """Find a class, as Spark finds its own."""
    return jvm.org.apache.spark.util.Utils.classForName(name, True, False)


def scala_object(jvm: Any, name: str) -> Any:
    """Find a Scala object by its name."""
    return class_of(jvm, f"{name}$").getField("MODULE$").get(None)


def field_of(target: Any, name: str) -> Any:
    """Find a field of a Scala object, whoever it is meant for."""
    kind = target.getClass()
    while kind is not None:
        for field in kind.getDeclaredFields():
            # The name of the class may stand before that of a field which closures use.
            if field.getName().rpartition("$")[2] == name:
                field.setAccessible(True)
                return field
        kind = kind.getSuperclass()
    raise AttributeError(name)


def reset_of(context: Any, owner: Any, counter: str) -> tuple[Any, Any]:
    """Find the method handle, and its arguments, that sets a field with an atomic number to 0.

    In one call, since Python would get a mere number.
    """
    jvm, gateway = context._jvm, context._gateway
    handles, field = jvm.java.lang.invoke.MethodHandles, field_of(owner, counter)
    lookup, kind = handles.lookup(), field.getType()
    is_long = kind.getSimpleName() == "AtomicLong"
    parameters, zero = gateway.new_array(jvm.Class, 1), gateway.new_array(jvm.Object, 1)
    parameters[0] = (jvm.Long if is_long else jvm.Integer).TYPE
    zero[0] = jvm.java.lang.Long.valueOf(0) if is_long else 0
    reset = handles.insertArguments(lookup.unreflect(kind.getMethod("set", parameters)), 1, zero)
    is_static = jvm.java.lang.reflect.Modifier.isStatic(field.getModifiers())
    arguments = gateway.new_array(jvm.Object, 0 if is_static else 1)
    if not is_static:
        arguments[0] = owner
    return handles.filterReturnValue(lookup.unreflectGetter(field), reset), arguments


def as_dict(jconf: Any) -> dict[str, str]:
    """Read the settings of a SparkConf of the JVM."""
    return {pair._1(): pair._2() for pair in jconf.getAll()}


def import_packages(batches: Any) -> Any:
    """Import in a Python worker what jobs often use there, so that it costs no task anything."""
    import_installed("pandas", "pyarrow.compute", "pyarrow.json", "adbc_driver_sqlite.dbapi")
    # The same as keep_loaded of sparkctl_io, which a script may bring in a version of its own, or not at all.
    for path in [path for path in sys.path if "/jars/spark-core_" in path]:
        sys.path.remove(path)
        sys.path_importer_cache.pop(path, None)
    gc.freeze()
    return batches


def import_installed(*modules: str) -> None:
    """Import those of the modules whose package is installed."""
    for name in modules:
        if importlib.util.find_spec(name.partition(".")[0]):
            importlib.import_module(name)


def file_on_all_nodes() -> str | None:
    """Find a small text that comes with Spark, so that every node has it at the same path."""
    home = Path(os.environ["SPARK_HOME"])
    for folder in (home / "errors", home / "python" / "pyspark" / "errors"):
        path = folder / "error-conditions.json"
        if path.exists():
            return path.as_uri()
    return None


class Waiting:
    """The time until a run comes, or until there is a reason to leave."""

    def __init__(self, folder: Path, pages: list[str], idle_seconds: float, standby: Standby) -> None:
        self._folder, self._standby = folder, standby
        self._master_page, self._connect_page = pages[0], pages[1] if len(pages) > 1 else None
        self._until = time.monotonic() + idle_seconds
        self._application = standby.context.applicationId
        self._silences = 0
        self._workers = 1
        self._must_leave = threading.Event()
        self._is_over = threading.Event()

    def for_run(self) -> dict[str, Any] | None:
        """Wait for the run; None where the standby is to leave, and nobody can take it any more."""
        warming = threading.Thread(target=self._warm_up, daemon=True)
        warming.start()
        threading.Thread(target=self._watch, daemon=True).start()
        request = self._folder / "run.json"
        while not request.exists():
            if self._must_leave.is_set() and self._claim():
                return None
            time.sleep(LOOK_SECONDS)
        self._is_over.set()
        run: dict[str, Any] = json.loads(request.read_text())
        # It may hold secrets.
        request.unlink()
        if warming.is_alive():
            self._standby.context.cancelAllJobs()
            warming.join()
        return run

    def _claim(self) -> bool:
        """Take the standby for itself. False where a run was faster: then that one counts."""
        try:
            os.close(os.open(self._folder / "claimed", os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        except FileExistsError:
            self._must_leave.clear()
            return False
        return True

    def _warm_up(self) -> None:
        # A job that finds no executor would wait, and nobody would look for the run.
        while self._standby.executors() < self._workers:
            if self._is_over.wait(0.05):
                return
        # It is a rehearsal: what is wrong, a run will show.
        with suppress(Exception):
            self._standby.warm_up()
        (self._folder / "ready").touch()

    def _watch(self) -> None:
        """Give way to an application that waits; leave with the master or the folder, and in time."""
        while not self._is_over.is_set():
            is_late = time.monotonic() > self._until
            if is_late or not self._folder.exists() or self._is_unwanted():
                self._must_leave.set()
            self._is_over.wait(ASK_SECONDS)

    def _is_unwanted(self) -> bool:
        try:
            state = _ask(f"{self._master_page}/json/")
            self._workers = max(1, int(state["aliveworkers"]))
            others = [each for each in state["activeapps"] if each["id"] != self._application]
            is_unwanted = any(self._waits(each) for each in others)
        except (OSError, ValueError, KeyError, TypeError):
            self._silences += 1
            return self._silences >= SILENCES
        self._silences = 0
        return is_unwanted

    def _waits(self, application: dict[str, Any]) -> bool:
        """Tell whether an application waits for cores."""
        if self._connect_page is None or application["name"] != CONNECT_SERVER:
            return bool(application["state"] == "WAITING")
        if application["cores"] > 0:
            return False
        # Without work to do it has no cores, and wants none.
        jobs = f"{self._connect_page}/api/v1/applications/{application['id']}/jobs?status=running"
        return len(_ask(jobs)) > 0


def _ask(url: str) -> Any:
    with urllib.request.urlopen(url, timeout=2) as answer:
        return json.load(answer)


def run_script(run: dict[str, Any], names: set[str]) -> None:
    """Run a script as the main module of this process, as Python does with the one that it is given."""
    script = run["script"]
    if run["environment"] is not None:
        # What spark-submit has added since its start belongs to every driver.
        added = {name: value for name, value in os.environ.items() if name not in names}
        kept = {name: os.environ[name] for name in run["kept"] if name in os.environ}
        os.environ.clear()
        os.environ.update({**run["environment"], **added, **kept})
    sys.argv[:] = [script, *run["arguments"]]
    sys.path[0] = str(Path(script).resolve().parent)
    main = types.ModuleType("__main__")
    main.__dict__.update(
        __builtins__=builtins,
        __file__=script,
        __cached__=None,
        __loader__=importlib.machinery.SourceFileLoader("__main__", script),
        __spec__=None,
    )
    sys.modules["__main__"] = main
    try:
        code = compile(Path(script).read_bytes(), script, "exec", dont_inherit=True)
        exec(code, main.__dict__)
    except SystemExit:
        raise
    except BaseException as error:
        trace = error.__traceback__
        # The script's own frames, and not those that led to it.
        while trace is not None and trace.tb_frame.f_code.co_filename == __file__:
            trace = trace.tb_next
        sys.excepthook(type(error), error.with_traceback(trace), trace)
        raise SystemExit(1) from None


def main() -> None:
    """Stand by, and run the script that comes."""
    folder, idle_seconds, pages = Path(sys.argv[1]), float(sys.argv[2]), sys.argv[3:]
    names = set(json.loads((folder / "variables.json").read_text()))
    standby = Standby()
    run = Waiting(folder, pages, idle_seconds, standby).for_run()
    if run is None:
        return
    standby.prepare(run)
    (folder / "begun").touch()
    # What is here by now stays, and need not be looked through when Python ends.
    gc.freeze()
    run_script(run, names)


if __name__ == "__main__":
    main()
