"""The column by which a row knows which line it is from, and what a job finds wrong with it."""

import re
from collections.abc import Callable

from pyspark.sql import Column, DataFrame
from pyspark.sql.functions import coalesce, col, lit, spark_partition_id, struct, when
from pyspark.sql.types import BooleanType, LongType, StringType, StructField, StructType

from .column_names import spark_name
from .errors import UnknownOptionError
from .reasons import RESERVED
from .text import WHITE_SPACE

SOURCE = "_source"
SOURCE_TYPE = StructType(
    [
        StructField("file", StringType()),
        # Where in the file the block begins that the line was read with, and the line's number in it, from 1.
        StructField("block", LongType()),
        StructField("line", LongType()),
        # The byte of the file where the line begins, if it can be found by it; else its text is in `raw`.
        StructField("offset", LongType()),
        StructField("raw", StringType()),
        # True if the job has repaired a value of the row.
        StructField("repaired", BooleanType()),
        # Why the row is not to be loaded; null for a row that is.
        StructField("reason", StringType()),
    ]
)
"""`_source`, a struct. Columns of a job's own must not have its name."""
FLAT_NAMES = [f"{SOURCE} {field}" for field in SOURCE_TYPE.names]
"""The fields of `_source` as columns of their own, to and from Python: Spark has half the work with them."""
_COMPUTED = f"{SOURCE} repaired value"
_REASON = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")


def flattened(frame: DataFrame) -> DataFrame:
    """The rows with `FLAT_NAMES` in the place of `_source`, as the last columns."""
    source = col(SOURCE)
    fields = [source[field].alias(name) for field, name in zip(SOURCE_TYPE.names, FLAT_NAMES, strict=True)]
    return frame.select(*(col(spark_name(name)) for name in frame.columns if name != SOURCE), *fields)


def assembled(frame: DataFrame) -> DataFrame:
    """The rows with `_source` in the place of `FLAT_NAMES`."""
    fields = [
        col(spark_name(name)).alias(field) for field, name in zip(SOURCE_TYPE.names, FLAT_NAMES, strict=True)
    ]
    own = (col(spark_name(name)) for name in frame.columns if name not in FLAT_NAMES)
    return frame.select(*own, struct(*fields).alias(SOURCE))


def reject(reason: str, condition: Column) -> Callable[[DataFrame], DataFrame]:
    """
    Marks the rows for which the condition is true, for `DataFrame.transform`. Null is not true.

    A marked row stays among the others until it is written, and then goes to the quarantine. Of several
    reasons the first one counts. `reason`: small letters, digits and hyphens, such as `negative-price`.
    """
    if not _REASON.fullmatch(reason) or reason in RESERVED:
        raise UnknownOptionError(
            f"{reason!r} can't be a reason: use small letters, digits and hyphens, and none of"
            f" {', '.join(sorted(RESERVED))}"
        )

    def mark(frame: DataFrame) -> DataFrame:
        _must_know_its_source(frame, f"rows can be rejected as {reason}")
        marked = coalesce(col(SOURCE)["reason"], when(condition, lit(reason)))
        return frame.withColumn(SOURCE, _source_with(frame, "reason", marked))

    return mark


def repair(column: str, value: Column) -> Callable[[DataFrame], DataFrame]:
    """
    Replaces the values of a column, for `DataFrame.transform`, and marks the rows in which that changed one.

    Like `withColumn`, but the run ledger counts the rows that are loaded with a repaired value.
    """

    def mark(frame: DataFrame) -> DataFrame:
        _must_know_its_source(frame, f"repaired values of {column} can be counted")
        # In a column of its own first, or Spark would compute it twice.
        computed = col(spark_name(_COMPUTED))
        changed = ~col(spark_name(column)).eqNullSafe(computed)
        marked = when(changed, lit(True)).otherwise(col(SOURCE)["repaired"])
        computing = frame.withColumn(_COMPUTED, value)
        repaired = computing.withColumns({column: computed, SOURCE: _source_with(frame, "repaired", marked)})
        return repaired.drop(_COMPUTED)

    return mark


def require(*columns: str, reason: str = "missing-value") -> Callable[[DataFrame], DataFrame]:
    """Marks the rows in which one of the columns is null or, where it is text, blank."""

    def mark(frame: DataFrame) -> DataFrame:
        is_missing = lit(False)
        wanted = [col(spark_name(name)) for name in columns]
        for column, field in zip(wanted, frame.select(*wanted).schema, strict=True):
            is_missing |= column.isNull()
            if isinstance(field.dataType, StringType):
                # What begins with a visible character of ASCII is not blank: a match would cost more.
                may_be_blank = (column < "!") | (column >= "\x7f")
                is_missing |= may_be_blank & column.rlike(rf"^[{WHITE_SPACE}]*+\z")
        return reject(reason, is_missing)(frame)

    return mark


def accepted(frame: DataFrame) -> DataFrame:
    """The rows that no `reject` has marked, for `DataFrame.transform`: to count with, or to learn from."""
    return frame.where(col(SOURCE)["reason"].isNull())


def _source_with(frame: DataFrame, field: str, value: Column) -> Column:
    source = col(SOURCE)
    # Always true, but indeterminate to Spark, which does not push a filter on the mark below it then: pushing
    # copies a rule into each place that refers to it, and each further rule would double the plan.
    value = when(spark_partition_id() >= 0, value)
    if not frame.schema[SOURCE].nullable:
        return source.withField(field, value)
    # An outer join makes rows of no line. They can be rejected too, and withField would leave them null.
    fields = ((value if name == field else source[name]).alias(name) for name in SOURCE_TYPE.names)
    return struct(*fields)


def _must_know_its_source(frame: DataFrame, what: str) -> None:
    if not knows_its_source(frame):
        raise UnknownOptionError(
            f"{what} only while they know which line they are from: read them with read_json_lines or"
            f" read_csv, and keep the column {SOURCE}"
        )


def knows_its_source(frame: DataFrame) -> bool:
    """Tells if rows carry the column of their source, once: a join of two such frames has it twice."""
    count = frame.columns.count(SOURCE)
    if count > 1:
        raise UnknownOptionError(
            f"the rows have the column {SOURCE} {count} times, after a join: drop it from the frame that only"
            f" adds columns, with .drop('{SOURCE}')"
        )
    return count == 1
