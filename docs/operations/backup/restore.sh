#!/usr/bin/env bash
# Restores what backup.sh made: restore.sh [--config FILE] FOLDER
#
# Into the database and the folder of pictures that the settings name (read as minsu reads them), both
# of which must be empty: nothing is ever written over. Stop the site first; start it when this has ended.
set -euo pipefail
umask 027

# shellcheck source=docs/operations/backup/settings.sh
. "$(dirname "$(realpath "$0")")/settings.sh"
read_site "$@"
folder=$(cd "$folder" && pwd)

(cd "$folder" && sha256sum --check --quiet SHA256SUMS)
if [ -n "$media" ] && [ -e "$media" ]; then
  # Every picture passes through `.partial`, which stays: what is in it is none.
  held=$(find "$media" -mindepth 1 -maxdepth 1 ! -name .partial -print -quit)
  [ -z "$held" ] || { echo "$media is not empty" >&2; exit 1; }
fi
if [ -z "$media" ] && [ -e "$folder/media.tar" ]; then
  echo "the pictures of this backup lay on the disk, and the settings name a bucket: copy media.tar there yourself"
fi
mkdir -p "$data"
case $url in
  sqlite://*)
    file=${url#sqlite://}
    file=${file%%\?*}
    [ -e "$folder/database.sqlite3" ] || { echo "the backup is of another engine" >&2; exit 1; }
    [ ! -e "$file" ] || { echo "$file is there already" >&2; exit 1; }
    cp "$folder/database.sqlite3" "$file"
    ;;
  postgres://* | postgresql://*)
    [ -e "$folder/database.pgdump" ] || { echo "the backup is of another engine" >&2; exit 1; }
    tables=$(psql --no-psqlrc --tuples-only --no-align --dbname="$url" \
      --command="select count(*) from information_schema.tables where table_schema = 'public'")
    [ "$tables" = 0 ] || { echo "the database has tables already" >&2; exit 1; }
    pg_restore --no-owner --no-privileges --exit-on-error --single-transaction --dbname="$url" "$folder/database.pgdump"
    ;;
  *)
    echo "for MySQL and MariaDB feed the dump to mariadb" >&2
    exit 1
    ;;
esac
if [ -n "$media" ] && [ -e "$folder/media.tar" ]; then
  mkdir -p "$media"
  tar --extract --file="$folder/media.tar" --directory="$media"
fi
echo "restored from $folder"
