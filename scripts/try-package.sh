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
# The backup reads the settings with it: it has a reader of TOML since 3.11.
grep -q '^Depends: .*python3 (>= 3\.11)' <<<"$control" || fail "it does not say that the backup needs python3"
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
for file in usr/bin/minsu usr/sbin/minsu-admin etc/minsu/minsu.toml usr/share/minsu/{backup,restore,settings}.sh \
  usr/share/doc/minsu/nginx/minsu/server.conf usr/share/doc/minsu/systemd/objects.conf usr/share/doc/minsu/prometheus/alerts.yml usr/share/doc/minsu/grafana/minsu.json; do
  [ -s "$root/$file" ] || fail "there is no $file in it"
done
if command -v systemd-sysusers >/dev/null; then
  systemd-sysusers --root="$root" minsu.conf 2>/dev/null
  grep -q '^minsu:.*:/var/lib/minsu:/usr/sbin/nologin$' "$root/etc/passwd" || fail "it makes no user"
  if [ "$(id -u)" -eq 0 ]; then
    echo 'www-data:x:33:' >>"$root/etc/group"
    systemd-tmpfiles --root="$root" --create minsu.conf
    [ "$(stat -c '%a %g' "$root/var/lib/minsu/media")" = '2750 33' ] || fail "nginx may not read the pictures"
    [ "$(stat -c %a "$root/var/lib/minsu" "$root/var/backups/minsu" | tr '\n' ' ')" = '711 700 ' ] ||
      fail "its folders are open"
    rm -rf "$root"/var/{lib,backups}/minsu # of a user that is not here
  fi
fi
if command -v systemd-analyze >/dev/null; then
  mkdir "$work/units"
  for unit in "$root"/usr/lib/systemd/system/*; do
    name=$(basename "$unit")
    sed "s#/usr/s\?bin/minsu#$root&#" "$unit" >"$work/units/${name/@/@8080}"
  done
  mkdir "$work/units/minsu@8080.service.d"
  cp "$root/usr/share/doc/minsu/systemd/objects.conf" "$work/units/minsu@8080.service.d/"
  systemd-analyze verify "$work"/units/*.{service,socket,timer}
  rm -r "$work/units/minsu@8080.service.d"
  python3 - "$work/units/minsu@8080.service" <<'PYTHON' || fail "its service may not do what it does"
# A unit that waits for a backend is never given up. The filter of system calls, line by line as systemd reads it: the last word about a call counts.
import subprocess, sys
def calls(name):
    if not name.startswith("@"):
        return {name}
    lines = subprocess.run(["systemd-analyze", "syscall-filter", name], check=True, capture_output=True, text=True)
    names = [line.strip() for line in lines.stdout.splitlines()[1:]]
    return set().union(*(calls(name) for name in names if name and not name.startswith("#")))
lines = open(sys.argv[1]).read().splitlines()
service = lines.index("[Service]")
assert lines.index("StartLimitIntervalSec=0") < service < lines.index("Restart=on-failure")
first = {unit for line in lines if line.startswith("After=") for unit in line.removeprefix("After=").split()}
assert {"postgresql.service", "mariadb.service", "redis-server.service"} <= first
allowed = set()
for line in lines:
    if line.startswith("SystemCallFilter="):
        names = line.strip().removeprefix("SystemCallFilter=")
        listed = set().union(*map(calls, names.removeprefix("~").split()))
        allowed = allowed - listed if names.startswith("~") else allowed | listed
assert {"accept4", "epoll_wait", "getrandom", "setpriority"} <= allowed, "calls that minsu makes"
assert not {"setuid", "chown", "mount", "setrlimit", "reboot"} & allowed, "calls that it does not make"
PYTHON
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

# What the operator writes into the settings, and what differs here.
site=("MINSU_DATA_DIR=$root/var/lib/minsu" "MINSU_CACHE__URL=$REDIS_URL" MINSU_LOG__FILTER=warn
  MINSU_OBJECTS__PUBLIC_BASE=https://www.example.com/media)

# Starts the ExecStart of a unit with its Environment and LoadCredential lines: start UNIT [background]
start() {
  local unit=$root/usr/lib/systemd/system/$1 credentials=$work/credentials-$1 line
  local variables=("${site[@]}")
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
# Without its Redis it ends as something that failed, which Restart=on-failure begins again.
whole=("${site[@]}")
site+=(MINSU_CACHE__URL=redis://127.0.0.1:1)
if start minsu@.service 2>/dev/null; then fail "its service ends well without its Redis"; fi
site=("${whole[@]}")
start minsu@.service background
answer=$(curl -s --noproxy '*' --retry 60 --retry-delay 1 --retry-connrefused "http://127.0.0.1:$port/readyz")
[ "$answer" = '{"status":"ok"}' ] || fail "its service is not ready: $answer"

# --- run it by hand -------------------------------------------------------------------------------
# minsu-admin on this root: its paths are paths of this folder, and the site's user is one that is here.
# A unit in /etc goes before the package's, as systemd has it; what is this site's is in a drop-in.
if [ "$(id -u)" -eq 0 ]; then
  mkdir -p "$root/etc/systemd/system/minsu@.service.d" "$root/run" "$root/var/backups/minsu"
  chown 65534 "$root/var/backups/minsu"
  sed "s#\([= :]\)\(/usr/\|/etc/\)#\1$root\2#g; s#^User=.*#User=nobody#" \
    "$root/usr/lib/systemd/system/minsu@.service" >"$root/etc/systemd/system/minsu@.service"
  # Two of them, neither of which ends in a line.
  printf '[Service]%s' "$(printf '\nEnvironment="%s"' "${site[@]:0:${#site[@]}-1}")" \
    >"$root/etc/systemd/system/minsu@.service.d/site.conf"
  printf '[Service]\nEnvironment="%s"' "${site[-1]}" >"$root/etc/systemd/system/minsu@.service.d/z.conf"
  sed "s#/\(run\|etc\|usr/lib\|usr/share\)/#$root&#g" "$root/usr/sbin/minsu-admin" >"$work/minsu-admin"
  admin() { timeout 60 bash "$work/minsu-admin" "$@"; }
  # The SMS service is not there to be asked.
  found=$(admin doctor 2>&1) || true
  for line in schema database cache objects settings; do
    grep -q "^ok      $line:" <<<"$found" || fail "doctor, run by hand: $found"
  done
  admin prune | grep '^deleted 0 dead orders' >/dev/null || fail "prune does not run by hand"
  # As its timer has it: root, with no more rights than the unit leaves.
  unit=$root/usr/lib/systemd/system/minsu-prune.service
  grep -qx 'ExecStart=/usr/sbin/minsu-admin prune' "$unit" || fail "the timer does not prune"
  rights=$(sed -n 's/^CapabilityBoundingSet=//p' "$unit" | tr 'A-Z ' 'a-z,' | sed 's/cap_/+/g')
  [ -n "$rights" ] || fail "the timer prunes with all rights"
  setpriv --bounding-set="-all,$rights" --no-new-privs timeout 60 bash "$work/minsu-admin" prune |
    grep '^deleted 0 dead orders' >/dev/null || fail "prune does not run with the rights of its unit"
  admin rotate-keys | grep 'by the key "2026"' >/dev/null || fail "rotate-keys does not run by hand"
  admin backup "$root/var/backups/minsu/first" | grep '^backed up to' >/dev/null || fail "no backup by hand"
  [ -s "$root/var/backups/minsu/first/database.pgdump" ] || fail "the backup holds no database"
  [ -z "$(ls -A "$root/run/minsu-admin")" ] || fail "secrets are left behind"
  if admin backup /nowhere 2>/dev/null; then fail "its user may write everywhere"; fi
  rm "$secrets/sms-token"
  said=$(admin doctor 2>&1) && fail "a missing secret is not missed"
  grep -q 'sms-token, which' <<<"$said" || fail "a missing secret is not named: $said"
else
  echo "minsu-admin is root's: it was not tried"
fi

kill -TERM "$server"
wait "$server" || fail "its service does not end well"
server=
echo "the package holds"
