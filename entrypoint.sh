#!/bin/bash
# Starts one role of a Spark cluster in a container, or a command with the same settings.
#
#   SPARK_MODE=master | worker | history | connect      the role, in the foreground
#   SPARK_MODE=submit  app.py ...             spark-submit with these arguments
#   spark-submit app.py, pyspark, bash, ...   any command given in place of a role, with the cluster's settings
#   docker exec CONTAINER spark-submit app.py, or pyspark, spark-shell, spark-sql: the same in a container that runs
#
# The variables are those of Bitnami's Spark image, with the same defaults:
#   SPARK_MODE                               master
#   SPARK_MASTER_URL                         spark://spark-master:7077
#   SPARK_WORKER_CORES, SPARK_WORKER_MEMORY  all cores, all memory but 1 GiB (Spark's own defaults)
#   SPARK_RPC_AUTHENTICATION_ENABLED         no; then SPARK_RPC_AUTHENTICATION_SECRET is needed
#   SPARK_RPC_ENCRYPTION_ENABLED             no; needs authentication
#   SPARK_LOCAL_STORAGE_ENCRYPTION_ENABLED   no
#   SPARK_SSL_ENABLED                        no; then SPARK_SSL_KEY_PASSWORD, _KEYSTORE_PASSWORD and _TRUSTSTORE_PASSWORD
#     SPARK_SSL_KEYSTORE_FILE, SPARK_SSL_TRUSTSTORE_FILE   conf/certs/spark-keystore.jks, conf/certs/spark-truststore.jks
#     SPARK_SSL_NEED_CLIENT_AUTH, SPARK_SSL_PROTOCOL       yes, TLSv1.2
#     SPARK_WEBUI_SSL_PORT                                 none
#   SPARK_METRICS_ENABLED                    false; Prometheus metrics under /metrics
#   VARIABLE_FILE                            the value of any variable above is in this file
# and these:
#   SPARK_RPC_AUTHENTICATION_SECRET_GENERATE no; yes makes the secret's file where there is none, once for all nodes
#   SPARK_CONNECT_AUTHENTICATE_TOKEN         with connect, what clients must know; needed. Its _FILE is made where there is
#     SPARK_CONNECT_AUTHENTICATE_TOKEN_GENERATE                none and this is yes
#   SPARK_IVY_DIR                            ~/.ivy2, /tmp/.ivy2 where that is read-only; keeps what --packages fetches
#   SPARK_EVENTS_DIR                         /var/lib/spark/events; drivers write event logs to it where they can
#   SPARK_PROPERTIES_FILE                    none; with submit, properties that are stronger than spark-defaults.conf
#   SPARK_MASTER_WAIT_SECONDS                60; how long a worker waits for the master's port before it starts
#   SPARK_DAEMON_MEMORY, SPARK_DAEMON_JAVA_OPTS, SPARK_MASTER_OPTS, SPARK_WORKER_OPTS, SPARK_HISTORY_OPTS: Spark's own; SPARK_CONNECT_OPTS
#
# A mistake is one line on stderr and exit code 64. At the end the role takes this script's place (exec), so that
# `docker stop` reaches it. Values of secrets appear in no argument, no variable of the role and no log: they are
# written to a folder in memory that this user alone can read.
set -euo pipefail

# Until the exec at the end this script may be the container's first process, which the kernel shields from every signal
# that it does not handle.
trap 'exit 143' TERM
trap 'exit 130' INT

fail() {
  echo "entrypoint: $1" >&2
  exit 64
}

# yes or no, however it is written. $1: the variable's name, $2: its default.
is_on() {
  local value="${!1:-$2}"
  case "${value,,}" in
    yes | true | 1) return 0 ;;
    no | false | 0) return 1 ;;
    *) fail "$1 is '$value': write yes or no." ;;
  esac
}

# 2g, 512m, 512mb: a size in Spark's words; a number alone counts bytes.
megabytes() {
  local size="${1,,}" unit
  size="${size%b}"
  unit="${size##*[0-9]}"
  size="${size%"$unit"}"
  case "$unit" in
    t) echo $((size * 1024 * 1024)) ;;
    g) echo $((size * 1024)) ;;
    m) echo "$size" ;;
    k) echo $((size / 1024)) ;;
    *) echo $((size / 1024 / 1024)) ;;
  esac
}

# ---- values that are given in files ---------------------------------------------------------------------------------
# $1: the file, $2: the variable that asks for it.
generate_secret() {
  local file="$1" folder new
  [[ -e "$file" ]] && return 0
  folder="$(dirname "$file")"
  [[ -w "$folder" ]] || fail "$2 is on, and user $(id -u) cannot write to $folder."
  new="$(mktemp "$folder/.secret.XXXXXX")"
  head -c 32 /dev/urandom | od -An -vtx1 | tr -d ' \n' > "$new"
  chmod 0640 "$new"
  # Several nodes start at once: a link is made by one of them only, and all read that one's secret.
  ln "$new" "$file" 2> /dev/null || [[ -e "$file" ]] || fail "$file cannot be made."
  rm -f "$new"
}

for name in SPARK_RPC_AUTHENTICATION_SECRET SPARK_CONNECT_AUTHENTICATE_TOKEN; do
  is_on "${name}_GENERATE" no || continue
  file_name="${name}_FILE"
  [[ -n "${!file_name:-}" ]] || fail "${name}_GENERATE is on: name the file with $file_name."
  generate_secret "${!file_name}" "${name}_GENERATE"
done

for name in SPARK_MODE SPARK_MASTER_URL SPARK_WORKER_CORES SPARK_WORKER_MEMORY SPARK_RPC_AUTHENTICATION_ENABLED \
  SPARK_RPC_AUTHENTICATION_SECRET SPARK_RPC_ENCRYPTION_ENABLED SPARK_LOCAL_STORAGE_ENCRYPTION_ENABLED SPARK_SSL_ENABLED \
  SPARK_SSL_KEY_PASSWORD SPARK_SSL_KEYSTORE_PASSWORD SPARK_SSL_KEYSTORE_FILE SPARK_SSL_TRUSTSTORE_PASSWORD \
  SPARK_SSL_TRUSTSTORE_FILE SPARK_SSL_NEED_CLIENT_AUTH SPARK_SSL_PROTOCOL SPARK_WEBUI_SSL_PORT SPARK_METRICS_ENABLED \
  SPARK_CONNECT_AUTHENTICATE_TOKEN; do
  file_name="${name}_FILE"
  # SPARK_SSL_KEYSTORE_FILE is a variable of its own, not the file of one named SPARK_SSL_KEYSTORE.
  file="${!file_name:-}"
  [[ -n "$file" ]] || continue
  [[ -r "$file" && ! -d "$file" ]] || fail "$file_name is '$file', which user $(id -u) cannot read."
  printf -v "$name" '%s' "$(< "$file")"
  unset "$file_name"
done

mode="${SPARK_MODE:-master}"
case "$mode" in
  master | worker | history | connect | submit) ;;
  *) fail "SPARK_MODE is '$mode': write master, worker, history, connect or submit." ;;
esac
master_url="${SPARK_MASTER_URL:-spark://spark-master:7077}"
# A worker, and whoever submits, may also name several masters: spark://one:7077,two:7077.
[[ "$mode" != worker || "$master_url" =~ ^spark://[^:/,]+:[0-9]+(,[^:/,]+:[0-9]+)*$ ]] \
  || fail "SPARK_MASTER_URL is '$master_url': write spark://HOST:PORT."
[[ "${SPARK_WORKER_CORES:-1}" =~ ^[1-9][0-9]*$ ]] || fail "SPARK_WORKER_CORES is '$SPARK_WORKER_CORES': write a number."
[[ "${SPARK_WORKER_MEMORY:-1g}" =~ ^[1-9][0-9]*[kKmMgGtT]?[bB]?$ ]] \
  || fail "SPARK_WORKER_MEMORY is '$SPARK_WORKER_MEMORY': write a size such as 512m or 2g."
[[ "${SPARK_MASTER_WAIT_SECONDS:-60}" =~ ^[0-9]+$ ]] \
  || fail "SPARK_MASTER_WAIT_SECONDS is '$SPARK_MASTER_WAIT_SECONDS': write a number of seconds."

# ---- the private folder ---------------------------------------------------------------------------------------------
# /dev/shm is memory in every container, and writable even where the root file system is not.
private=/dev/shm/spark
mkdir -p -m 0700 "$private" 2> /dev/null || true
[[ -O "$private" && -w "$private" ]] || private="$(mktemp -d /tmp/spark.XXXXXX)"

# A user id without a name gets one: Hadoop refuses to work for a user that has none. /var/lib/extrausers/passwd of the
# image is a link to this file, where entries of group 0 do not count; 100 is Debian's group of users.
if ! getent passwd "$(id -u)" > /dev/null 2>&1; then
  echo "spark:x:$(id -u):100:Spark:/tmp:/bin/bash" > "$private/passwd"
  getent passwd "$(id -u)" > /dev/null 2>&1 \
    || fail "user id $(id -u) has no name in this image, and none could be made. Run it as user 1001."
fi
# With a read-only root file system only /tmp is left for what programs keep in the home folder. Ivy does not ask HOME.
ivy="${SPARK_IVY_DIR:-}"
[[ -w "${HOME:-/}" ]] || { export HOME=/tmp; ivy="${ivy:-/tmp/.ivy2}"; }

# ---- Spark's settings -----------------------------------------------------------------------------------------------
: "${SPARK_HOME:=/opt/spark}"
export SPARK_HOME
source_conf="${SPARK_CONF_DIR:-$SPARK_HOME/conf}"
# Each process has its own: a command that `docker exec` runs must not take those of the role away. Of processes that have
# ended none is kept.
conf="$private/conf.$$"
for old in "$private"/conf.*; do
  [[ "$old" != "$conf" && -d "/proc/${old##*.}" ]] || rm -rf "$old"
done
mkdir -m 0700 "$conf"
if [[ -d "$source_conf" ]]; then
  # Templates and subfolders (certificates) stay where they are.
  find -L "$source_conf" -maxdepth 1 -type f ! -name '*.template' -exec cp --no-preserve=mode {} "$conf/" \;
fi
properties="$conf/spark-defaults.conf"
[[ ! -s "$properties" ]] || echo >> "$properties"

setting() {
  local value="${2//\\/\\\\}"
  printf '%s %s\n' "$1" "$value" >> "$properties"
}
(umask 077 && touch "$properties")
chmod 0600 "$properties"

[[ "$master_url" == '' ]] || setting spark.master "$master_url"
setting spark.master.rest.enabled false
# The pages have no login, and whoever can read one finds in it the token with which to end applications and jobs.
setting spark.ui.killEnabled false
# Workers and drivers are reached through the master's page: their own addresses exist inside the cluster's network only.
setting spark.ui.reverseProxy true
[[ -z "$ivy" ]] || setting spark.jars.ivy "$ivy"
events="${SPARK_EVENTS_DIR:-/var/lib/spark/events}"
if [[ -d "$events" ]]; then
  setting spark.history.fs.logDirectory "file://$events"
  setting spark.history.fs.update.interval 2s
  # With a read-only root file system and nothing mounted there, a driver could not even start.
  if [[ -w "$events" ]]; then
    setting spark.eventLog.enabled true
    setting spark.eventLog.dir "file://$events"
  fi
fi

if is_on SPARK_RPC_AUTHENTICATION_ENABLED no; then
  [[ -n "${SPARK_RPC_AUTHENTICATION_SECRET:-}" ]] \
    || fail "SPARK_RPC_AUTHENTICATION_ENABLED is on: give SPARK_RPC_AUTHENTICATION_SECRET or SPARK_RPC_AUTHENTICATION_SECRET_FILE."
  setting spark.authenticate true
  setting spark.authenticate.secret "$SPARK_RPC_AUTHENTICATION_SECRET"
  if is_on SPARK_RPC_ENCRYPTION_ENABLED no; then
    setting spark.network.crypto.enabled true
    setting spark.network.crypto.keyLength 256
    setting spark.network.crypto.cipher AES/GCM/NoPadding
  fi
elif is_on SPARK_RPC_ENCRYPTION_ENABLED no; then
  fail "SPARK_RPC_ENCRYPTION_ENABLED is on without SPARK_RPC_AUTHENTICATION_ENABLED: Spark encrypts only what it authenticates."
fi
if is_on SPARK_LOCAL_STORAGE_ENCRYPTION_ENABLED no; then
  setting spark.io.encryption.enabled true
  setting spark.io.encryption.keySizeBits 256
fi
if is_on SPARK_SSL_ENABLED no; then
  for name in SPARK_SSL_KEY_PASSWORD SPARK_SSL_KEYSTORE_PASSWORD SPARK_SSL_TRUSTSTORE_PASSWORD; do
    [[ -n "${!name:-}" ]] || fail "SPARK_SSL_ENABLED is on: give $name or ${name}_FILE."
  done
  keystore="${SPARK_SSL_KEYSTORE_FILE:-$source_conf/certs/spark-keystore.jks}"
  truststore="${SPARK_SSL_TRUSTSTORE_FILE:-$source_conf/certs/spark-truststore.jks}"
  for file in "$keystore" "$truststore"; do
    [[ -r "$file" ]] || fail "SPARK_SSL_ENABLED is on, and user $(id -u) cannot read $file."
  done
  need_client_auth=false
  is_on SPARK_SSL_NEED_CLIENT_AUTH yes && need_client_auth=true
  setting spark.ssl.enabled true
  setting spark.ssl.protocol "${SPARK_SSL_PROTOCOL:-TLSv1.2}"
  setting spark.ssl.needClientAuth "$need_client_auth"
  setting spark.ssl.keyPassword "$SPARK_SSL_KEY_PASSWORD"
  setting spark.ssl.keyStore "$keystore"
  setting spark.ssl.keyStorePassword "$SPARK_SSL_KEYSTORE_PASSWORD"
  setting spark.ssl.keyStoreType JKS
  setting spark.ssl.trustStore "$truststore"
  setting spark.ssl.trustStorePassword "$SPARK_SSL_TRUSTSTORE_PASSWORD"
  setting spark.ssl.trustStoreType JKS
  [[ -z "${SPARK_WEBUI_SSL_PORT:-}" ]] || setting spark.ssl.standalone.port "$SPARK_WEBUI_SSL_PORT"
fi
if is_on SPARK_METRICS_ENABLED false; then
  cat >> "$conf/metrics.properties" << 'METRICS'
*.sink.prometheusServlet.class=org.apache.spark.metrics.sink.PrometheusServlet
*.sink.prometheusServlet.path=/metrics
master.sink.prometheusServlet.path=/metrics
applications.sink.prometheusServlet.path=/metrics/applications
METRICS
  setting spark.metrics.conf "$conf/metrics.properties"
  setting spark.ui.prometheus.enabled true
fi

# The image may hold an archive of Spark's classes, which halves the time until a Java process has started. Java takes it
# only with the class path it was made with: the jars, and before them an empty folder instead of one with settings.
# Whoever brings settings that must be on the class path (hive-site.xml, log4j2.properties) does without the archive.
archive="$SPARK_HOME/classes.jsa"
no_conf="$SPARK_HOME/no-conf"
# It lies where it was made for: elsewhere, which is Java's default, every pointer in it would be corrected at each start.
every_java=("-XX:SharedArchiveFile=$archive" -XX:+UnlockDiagnosticVMOptions -XX:ArchiveRelocationMode=0)
# A heap in huge pages has fewer page faults, which is a tenth of the work of a process that lives for seconds. Where the
# kernel gives none, a newer Java would say so at each start.
case "$(cat /sys/kernel/mm/transparent_hugepage/enabled 2> /dev/null)" in
  *'[always]'* | *'[madvise]'*) every_java+=(-XX:+UseTransparentHugePages) ;;
esac
# The second compiler starts later: what runs for seconds only is not worth its work, and what runs for minutes hardly notices.
start_sooner=("${every_java[@]}" -XX:Tier4InvocationThreshold=50000 -XX:Tier4MinInvocationThreshold=6000
  -XX:Tier4CompileThreshold=150000 -XX:Tier4BackEdgeThreshold=400000)
class_path="$SPARK_HOME/jars/*"
archived=no
if [[ -f "$archive" ]]; then
  class_path="$no_conf/:$(echo "$SPARK_HOME"/jars/slf4j-api-*.jar):$SPARK_HOME/jars/*"
  [[ -n "$(find "$conf" -type f ! -name spark-defaults.conf ! -name spark-env.sh ! -name metrics.properties \
    ! -name daemon-log4j2.properties ! -name driver-log4j2.properties)" ]] || archived=yes
  [[ "$archived" == no ]] || setting spark.executor.defaultJavaOptions "${start_sooner[*]}"
fi

# What is in the file need not be in the environment of everything that is started from here.
unset SPARK_RPC_AUTHENTICATION_SECRET SPARK_SSL_KEY_PASSWORD SPARK_SSL_KEYSTORE_PASSWORD SPARK_SSL_TRUSTSTORE_PASSWORD
export SPARK_CONF_DIR="$conf"
# Spark's own preparation: it reads spark-env.sh where there is one, and names the Scala version, without which a worker
# cannot start an executor. It knows no `set -u`.
set +u
# shellcheck source=/dev/null
. "$SPARK_HOME/bin/load-spark-env.sh"
set -u
# Other users of group 0, and this host's root, may go on working with what a job makes.
umask 0002

# ---- a command in place of a role -----------------------------------------------------------------------------------
# The commands that lead here are for whoever comes from outside; from here on Spark's own are meant.
export PATH="${PATH//\/opt\/sparkctl\/bin:/}"
if [[ "$mode" == submit || "${1:-}" == spark-submit ]]; then
  if [[ "${1:-}" == spark-submit ]]; then
    shift
    (($# > 0)) || fail "spark-submit: give what it shall run, such as app.py."
  else
    (($# > 0)) || fail "SPARK_MODE is submit: give what spark-submit shall run, such as app.py."
  fi
  # The first of spark-submit's two Javas only prints the second's command line: it need not be made fast by compiling.
  export SPARK_LAUNCHER_OPTS="-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xshare:auto ${SPARK_LAUNCHER_OPTS:-}"
  if [[ -n "${SPARK_PROPERTIES_FILE:-}" ]]; then
    [[ -r "$SPARK_PROPERTIES_FILE" ]] || fail "SPARK_PROPERTIES_FILE is '$SPARK_PROPERTIES_FILE', which user $(id -u) cannot read."
    { echo; cat "$SPARK_PROPERTIES_FILE"; echo; } >> "$properties"
  fi
  if [[ "$archived" == yes && ! " $* " =~ \ --properties-file[\ =] ]]; then
    export SPARK_CONF_DIR="$no_conf" SPARK_SUBMIT_OPTS="${start_sooner[*]} ${SPARK_SUBMIT_OPTS:-}"
    exec "$SPARK_HOME/bin/spark-submit" --properties-file "$properties" "$@"
  fi
  # A properties file of the caller's own must not leave the driver without the cluster's secret.
  exec "$SPARK_HOME/bin/spark-submit" --load-spark-defaults "$@"
fi
if (($# > 0)); then
  exec "$@"
fi

# ---- a role ---------------------------------------------------------------------------------------------------------
java=java
[[ -z "${JAVA_HOME:-}" ]] || java="$JAVA_HOME/bin/java"

# These processes answer few requests: the client compiler and the serial collector start sooner and take less memory.
# SPARK_DAEMON_JAVA_OPTS come later and win, but Java accepts one collector only.
options=(-Xmx"${SPARK_DAEMON_MEMORY:-1g}" -Xshare:auto)
# A Connect server plans the queries of many clients: it alone lives from fast code.
[[ "$mode" == connect ]] || options+=(-XX:TieredStopAtLevel=1)
[[ "${SPARK_DAEMON_JAVA_OPTS:-}" == *-XX:+Use*GC* ]] || options+=(-XX:+UseSerialGC)
[[ ! -f "$conf/daemon-log4j2.properties" ]] || options+=("-Dlog4j2.configurationFile=$conf/daemon-log4j2.properties")
# What Spark's own launcher opens to Spark.
for package in java.base/java.{lang,lang.invoke,lang.reflect,io,net,nio,util,util.concurrent,util.concurrent.atomic} \
  java.base/{jdk.internal.ref,sun.nio.ch,sun.nio.cs,sun.security.action,sun.util.calendar} java.security.jgss/sun.security.krb5; do
  options+=("--add-opens=$package=ALL-UNNAMED")
done
[[ ! -f "$archive" ]] || options+=("${every_java[@]}")
# shellcheck disable=SC2206  # Java's options are words.
options+=(${SPARK_DAEMON_JAVA_OPTS:-})

# A worker or driver that misses the master asks again only after 5 to 20 seconds, so it is started once the port is open.
wait_for_master() {
  local first="${master_url#spark://}" deadline=$((SECONDS + ${SPARK_MASTER_WAIT_SECONDS:-60}))
  first="${first%%,*}"
  echo "entrypoint: waiting for the master at $master_url" >&2
  until (exec 3<> "/dev/tcp/${first%:*}/${first##*:}") 2> /dev/null; do
    ((SECONDS < deadline)) || { echo "entrypoint: it does not answer yet; starting all the same." >&2; break; }
    sleep 0.1
  done
}

case "$mode" in
  master)
    # shellcheck disable=SC2206
    options+=(${SPARK_MASTER_OPTS:-})
    class=org.apache.spark.deploy.master.Master
    arguments=(--host "${SPARK_MASTER_HOST:-$HOSTNAME}" --port "${SPARK_MASTER_PORT:-7077}"
      --webui-port "${SPARK_MASTER_WEBUI_PORT:-8080}" --properties-file "$properties")
    ;;
  worker)
    # shellcheck disable=SC2206
    options+=(${SPARK_WORKER_OPTS:-})
    class=org.apache.spark.deploy.worker.Worker
    arguments=(--webui-port "${SPARK_WORKER_WEBUI_PORT:-8081}" --properties-file "$properties")
    [[ -z "${SPARK_WORKER_CORES:-}" ]] || arguments+=(--cores "$SPARK_WORKER_CORES")
    [[ -z "${SPARK_WORKER_MEMORY:-}" ]] || arguments+=(--memory "$SPARK_WORKER_MEMORY")
    if [[ -n "${SPARK_WORKER_DIR:-}" ]]; then
      arguments+=(--work-dir "$SPARK_WORKER_DIR")
    elif [[ -w /var/lib/spark/work ]]; then
      arguments+=(--work-dir /var/lib/spark/work)
    fi
    arguments+=("$master_url")
    # Executors inherit it.
    [[ "$archived" == no ]] || export SPARK_CONF_DIR="$no_conf"
    wait_for_master
    ;;
  history)
    # shellcheck disable=SC2206
    options+=(${SPARK_HISTORY_OPTS:-})
    class=org.apache.spark.deploy.history.HistoryServer
    arguments=(--properties-file "$properties")
    [[ -d "$events" ]] || fail "SPARK_EVENTS_DIR is '$events', which is not there: mount the folder of event logs."
    ;;
  connect)
    # shellcheck disable=SC2206
    options+=(${SPARK_CONNECT_OPTS:-})
    [[ -n "${SPARK_CONNECT_AUTHENTICATE_TOKEN:-}" ]] \
      || fail "SPARK_MODE is connect: give SPARK_CONNECT_AUTHENTICATE_TOKEN or SPARK_CONNECT_AUTHENTICATE_TOKEN_FILE."
    # Spark reads it from the environment.
    export SPARK_CONNECT_AUTHENTICATE_TOKEN
    # It takes workers while its clients have work for them, and leaves them to other applications otherwise.
    setting spark.dynamicAllocation.enabled true
    setting spark.dynamicAllocation.minExecutors 0
    setting spark.dynamicAllocation.executorIdleTimeout 15s
    setting spark.dynamicAllocation.shuffleTracking.enabled true
    setting spark.dynamicAllocation.shuffleTracking.timeout 15s
    # An executor of the usual size does not fit into a smaller worker.
    worker_mb="$(megabytes "${SPARK_WORKER_MEMORY:-1g}")"
    ((worker_mb >= 1024)) || setting spark.executor.memory "${worker_mb}m"
    class=org.apache.spark.deploy.SparkSubmit
    arguments=(--properties-file "$properties" --name "Spark Connect server"
      --class org.apache.spark.sql.connect.service.SparkConnectServer spark-internal)
    wait_for_master
    ;;
esac
exec "$java" -cp "$class_path" "${options[@]}" "$class" "${arguments[@]}"
