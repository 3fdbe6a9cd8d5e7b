#!/usr/bin/env bash
# Installs the servers and programs that the tests start themselves, where they are missing: Debian
# packages, as root or through sudo without a password. Running services are none of its business: the tests
# start servers of their own, on free loopback ports, with data folders of their own.
set -euo pipefail

PATH="$PATH:/usr/sbin:/usr/local/sbin"

have() { command -v "$1" >/dev/null 2>&1; }
have_postgres() { have initdb || compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null; }

missing=()
have redis-server || missing+=(redis-server)
have_postgres || missing+=(postgresql)
have mariadbd || missing+=(mariadb-server)
have pgbouncer || missing+=(pgbouncer)
have nginx || missing+=(nginx-light)
have openssl || missing+=(openssl)
have curl || missing+=(curl)
have chromium || missing+=(chromium)
# The backup reads TOML with it, which it can since 3.11.
python3 -c 'import tomllib' 2>/dev/null || missing+=(python3)
# Reads the calendars of this site as other sites do; a package of Debian's own Python.
/usr/bin/python3 -c 'import icalendar' 2>/dev/null || missing+=(python3-icalendar)
have setpriv || missing+=(util-linux)
# Debian's npm is a package of its own; other distributions of node bring it.
have node || missing+=(nodejs)
have npm || missing+=(npm)
python3 -m pip --version >/dev/null 2>&1 || missing+=(python3-pip)
# A program of the page on webhooks is written in it.
have php || missing+=(php-cli)
[ ${#missing[@]} -eq 0 ] && exit 0

if [ "$(id -u)" -eq 0 ]; then
  root=()
elif have sudo && sudo -n true 2>/dev/null; then
  root=(sudo -n)
else
  echo "The tests need these Debian packages, and this user may not install them: ${missing[*]}" >&2
  echo "Install them once: sudo apt-get install ${missing[*]}" >&2
  exit 1
fi
have apt-get || { echo "The tests need these servers, and there is no apt-get: ${missing[*]}" >&2; exit 1; }

echo "installing for the tests: ${missing[*]}"
# Packages start their service when they are installed, unless this says no.
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
  printf '#!/bin/sh\nexit 101\n' | "${root[@]}" tee "$policy" >/dev/null
  "${root[@]}" chmod +x "$policy"
  trap '"${root[@]}" rm -f "$policy"' EXIT
fi
"${root[@]}" apt-get -qq update
"${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq install --yes --no-install-recommends "${missing[@]}" >/dev/null
