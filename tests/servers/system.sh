#!/bin/sh
# What the tests need of the system besides Python: PostgreSQL for the store, Chromium with its
# driver for the pages, nginx for the proxy in front of the service, and Java for Spark. Installs what
# is missing as root, else says how. Quick when all is there.
set -eu

missing=
ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || command -v initdb >/dev/null 2>&1 \
  || missing="$missing postgresql"
command -v chromium >/dev/null 2>&1 || missing="$missing chromium"
command -v chromedriver >/dev/null 2>&1 || missing="$missing chromium-driver"
PATH="$PATH:/usr/sbin" command -v nginx >/dev/null 2>&1 || missing="$missing nginx-light"
command -v java >/dev/null 2>&1 || missing="$missing default-jre-headless"
[ -n "$missing" ] || exit 0

how="apt-get update && apt-get install --no-install-recommends$missing"
if ! command -v apt-get >/dev/null 2>&1; then
  echo "The tests need$missing, or what your system calls them; the tests that use them are skipped." >&2
  exit 0
fi
if [ "$(id -u)" != 0 ]; then
  echo "The tests need$missing; without them, those that use them are skipped. As root: $how" >&2
  exit 0
fi
echo "Installing what the tests need:$missing" >&2
export DEBIAN_FRONTEND=noninteractive
# Debian starts a database server of its own after installing one; the tests make theirs.
clusters=/etc/postgresql-common/createcluster.d
if ! { mkdir -p $clusters && echo "create_main_cluster = false" > $clusters/crampcheck-tests.conf \
  && apt-get update -qq && apt-get install -y -qq --no-install-recommends $missing; } >/dev/null; then
  echo "They could not be installed; the tests that use them are skipped. To try again: $how" >&2
fi
# Debian also starts a web server on port 80 after installing one.
case "$missing" in *nginx*)
  [ ! -d /run/systemd/system ] || systemctl disable --quiet --now nginx >&2 || true ;;
esac
