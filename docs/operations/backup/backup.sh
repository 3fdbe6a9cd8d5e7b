#!/usr/bin/env bash
# Backs a site up while it runs: backup.sh [--config FILE] FOLDER
#
# Reads the settings file and the variables MINSU_… as minsu does. FOLDER must not exist; it gets the
# database, the pictures (where they lie on this machine) and a list of digests. The database comes
# first: a picture is there before the database names it, so what is copied after it has every picture
# that it names, but for those that went away in between, which the site does not have any more either.
# The keys of real-name data and the settings are not in it: keep them elsewhere, and keep them.
set -euo pipefail
umask 077

# shellcheck source=docs/operations/backup/settings.sh
. "$(dirname "$(realpath "$0")")/settings.sh"
read_site "$@"
[ ! -e "$folder" ] || { echo "$folder is there already" >&2; exit 1; }

# What is unfinished has another name.
unfinished=$folder.unfinished
rm -rf "$unfinished"
mkdir -p "$unfinished"
trap 'rm -rf "$unfinished"' EXIT

case $url in
  sqlite://*)
    file=${url#sqlite://}
    python3 - "${file%%\?*}" "$unfinished/database.sqlite3" <<'PYTHON'
import sqlite3, sys
source, target = (sqlite3.connect(f"file:{path}?mode={mode}", uri=True) for path, mode in zip(sys.argv[1:], ("ro", "rwc")))
with target:
    source.backup(target)
PYTHON
    ;;
  postgres://* | postgresql://*)
    pg_dump --format=custom --no-owner --no-privileges --file="$unfinished/database.pgdump" --dbname="$url"
    ;;
  *)
    echo "for MySQL and MariaDB use mariadb-dump --single-transaction" >&2
    exit 1
    ;;
esac
# Files by their names below the folder, which may be another one when they come back; what is in
# `.partial` is no picture yet.
if [ -n "$media" ] && [ -d "$media" ]; then
  complaints=$unfinished/complaints
  (cd "$media" && find . -ignore_readdir_race -name .partial -prune -o -type f -print0) |
    LC_ALL=C tar --create --ignore-failed-read --file="$unfinished/media.tar" --directory="$media" --null --files-from=- \
      2>"$complaints" || { cat "$complaints" >&2 && exit 1; }
  # A portrait that was replaced or an account that was deleted meanwhile takes its picture along. What is
  # there and cannot be read is another matter.
  if grep -v ': Warning: Cannot [a-z]*: No such file or directory$' "$complaints" >&2; then exit 1; fi
  rm "$complaints"
elif [ -n "$media" ]; then
  echo "there is no $media: the backup has no pictures" >&2
fi
(cd "$unfinished" && sha256sum ./* >SHA256SUMS)
trap - EXIT
mv "$unfinished" "$folder"
echo "backed up to $folder: $(du -sh "$folder" | cut -f1)"
