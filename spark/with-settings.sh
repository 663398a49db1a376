#!/bin/bash
# spark-submit, pyspark, spark-shell and spark-sql as `docker exec` finds them in a container of a cluster: with the
# cluster's master, secret and event logs, which only the entry point knows. Each is a link to this file.
exec /opt/sparkctl/entrypoint.sh "${0##*/}" "$@"
