"""Names of columns as Spark reads them."""


def spark_name(name: str) -> str:
    """The name as it stands in an expression, where a dot would mean a field of a struct."""
    return "`" + name.replace("`", "``") + "`"
