#!/usr/bin/env bash
# Makes the Debian package around a binary, looks at it with Debian's own tools, unpacks it into a folder,
# and runs what its units run, as they run it: with the packaged settings, secrets as credentials, and a
# user without rights.
#
#   scripts/try-package.sh BINARY     needs DATABASE_URL (an empty PostgreSQL) and REDIS_URL
#
# It takes the place of systemd, which cannot run here; `systemd-analyze` checks the units.
set -euo pipefail
cd "$(dirname "$0")/.."

[ $# -eq 1 ] || { echo "usage: try-package.sh BINARY" >&2; exit 2; }
: "${DATABASE_URL:?}" "${REDIS_URL:?}"
binary=$(realpath "$1")

cargo_deb=$PWD/target/tools/cargo-deb
if [ ! -x "$cargo_deb/bin/cargo-deb" ]; then
  if command -v cargo-deb >/dev/null; then
    cargo_deb=$(dirname "$(dirname "$(command -v cargo-deb)")")
  else
    cargo install --quiet --locked --root "$cargo_deb" cargo-deb@3.8.0
  fi
fi

work=$(mktemp -d)
server=
finish() {
  [ -z "$server" ] || kill -KILL "$server" 2>/dev/null || true
  rm -rf "$work"
}
trap finish EXIT
fail() {
  echo "the package: $*" >&2
  exit 1
}

# --- make it ------------------------------------------------------------------------------------
mkdir -p "$work/target/release"
strip -o "$work/target/release/minsu" "$binary"
CARGO_TARGET_DIR=$work/target "$cargo_deb/bin/cargo-deb" -p minsu-api --no-build --no-strip --fast --quiet \
  --output "$work/minsu.deb" >/dev/null

# --- look at it -----------------------------------------------------------------------------------
control=$(dpkg-deb --field "$work/minsu.deb")
for line in 'Package: minsu' 'Description: back end of a house-rental site'; do
  grep -qxF "$line" <<<"$control" || fail "its control file has no line \"$line\""
done
# The names of the libraries come from the binary itself.
grep -q '^Depends: .*libc6 (>= ' <<<"$control" || fail "it does not say which C library it needs"
[ "$(dpkg-deb --ctrl-tarfile "$work/minsu.deb" | tar -xO ./conffiles | sed '/^$/d')" = /etc/minsu/minsu.toml ] ||
  fail "an upgrade would overwrite the settings"
if command -v lintian >/dev/null; then
  # There is no page for `man`: `minsu --help` says what there is. And this is no upload to Debian.
  lintian --allow-root --fail-on error,warning --suppress-tags no-manual-page,initial-upload-closes-no-bugs \
    "$work/minsu.deb"
else
  echo "lintian is not installed: the package was not checked against Debian's rules"
fi

# --- unpack it ------------------------------------------------------------------------------------
root=$work/root
dpkg-deb --extract "$work/minsu.deb" "$root"
for file in usr/bin/minsu etc/minsu/minsu.toml usr/share/minsu/backup.sh usr/share/doc/minsu/nginx/minsu/server.conf \
  usr/share/doc/minsu/prometheus/alerts.yml usr/share/doc/minsu/grafana/minsu.json; do
  [ -s "$root/$file" ] || fail "there is no $file in it"
done
if command -v systemd-sysusers >/dev/null; then
  systemd-sysusers --root="$root" minsu.conf 2>/dev/null
  grep -q '^minsu:.*:/var/lib/minsu:/usr/sbin/nologin$' "$root/etc/passwd" || fail "it makes no user"
fi
if command -v systemd-analyze >/dev/null; then
  mkdir "$work/units"
  for unit in "$root"/usr/lib/systemd/system/*; do
    name=$(basename "$unit")
    sed "s#/usr/bin/minsu#$root/usr/bin/minsu#" "$unit" >"$work/units/${name/@/@8080}"
  done
  systemd-analyze verify "$work"/units/*
fi

# --- run it as its units say ----------------------------------------------------------------------
secrets=$root/etc/minsu/secrets
install -d -m 700 "$secrets"
printf '%s\n' "$DATABASE_URL" >"$secrets/database-url"
printf '2026:%s\n' "$(openssl rand -base64 32)" >"$secrets/identity-keys"
echo 'a token' >"$secrets/sms-token"

# Root, as on a machine with systemd, gives its rights up for the process; others have none to give up.
as_user=()
[ "$(id -u)" -ne 0 ] || as_user=(setpriv --reuid=65534 --regid=65534 --clear-groups --no-new-privs)
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')

# Starts the ExecStart of a unit with its Environment and LoadCredential lines: start UNIT [background]
start() {
  local unit=$root/usr/lib/systemd/system/$1 credentials=$work/credentials-$1 line
  local variables=("MINSU_DATA_DIR=$root/var/lib/minsu" "MINSU_CACHE__URL=$REDIS_URL" "MINSU_LOG__FILTER=warn")
  mkdir -p "$credentials" "$root/var/lib/minsu"
  while IFS= read -r line; do
    line=${line//%i/$port}
    line=${line//%d/$credentials}
    case $line in
      Environment=*) variables+=("${line#Environment=}") ;;
      LoadCredential=*) line=${line#LoadCredential=} && cp "$root${line#*:}" "$credentials/${line%%:*}" ;;
      ExecStart=*) command=${line#ExecStart=} ;;
    esac
  done <"$unit"
  if [ "$(id -u)" -eq 0 ]; then
    chmod 755 "$work" "$root"
    chown -R 65534:65534 "$credentials" "$root/var/lib/minsu"
  fi
  # Paths of the package are paths of this folder.
  command=${command//\/usr\/bin/$root\/usr\/bin}
  command=${command//\/etc\/minsu/$root\/etc\/minsu}
  # shellcheck disable=SC2086
  set -- ${2:-} env -i "PATH=$PATH" "${variables[@]}" "${as_user[@]}" $command
  if [ "$1" = background ]; then
    shift
    "$@" &
    server=$!
  else
    "$@"
  fi
}

start minsu-migrate.service
start minsu@.service background
answer=$(curl -s --noproxy '*' --retry 60 --retry-delay 1 --retry-connrefused "http://127.0.0.1:$port/readyz")
[ "$answer" = '{"status":"ok"}' ] || fail "its service is not ready: $answer"
kill -TERM "$server"
wait "$server" || fail "its service does not end well"
server=
echo "the package holds"
