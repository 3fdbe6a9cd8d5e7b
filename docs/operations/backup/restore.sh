#!/usr/bin/env bash
# Restores what backup.sh made: restore.sh FOLDER
#
# Into the database of MINSU_DATABASE__URL and the folder MINSU_DATA_DIR, both of which must be empty:
# nothing is ever written over. Stop the site first; start it when this has ended.
set -euo pipefail
umask 027

[ $# -eq 1 ] || { echo "usage: restore.sh FOLDER" >&2; exit 2; }
folder=$(cd "$1" && pwd)
data=${MINSU_DATA_DIR:-data}
url=${MINSU_DATABASE__URL:-sqlite://$data/minsu.sqlite3}

(cd "$folder" && sha256sum --check --quiet SHA256SUMS)
if [ -e "$data/media" ] && [ -n "$(ls -A "$data/media")" ]; then
  echo "$data/media is not empty" >&2
  exit 1
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
if [ -e "$folder/media.tar" ]; then
  tar --extract --file="$folder/media.tar" --directory="$data"
fi
echo "restored from $folder"
