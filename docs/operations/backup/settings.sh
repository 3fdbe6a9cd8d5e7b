# shellcheck shell=bash
# What the scripts beside this must know of a site: where its database and its pictures are. Read as
# minsu reads it: a settings file (--config FILE), the environment over it, a key `…_file` in the place
# of a secret.
#
# What cannot be read is never taken for what is not set. `set -e` ends at every `$(…)` and `||`, so each
# call here says itself what happens when it fails.

# Sets `url`, `data`, `media` (empty where pictures are elsewhere) and `folder`, the one argument. Ends the
# script when the settings cannot be read.
read_site() {
  local config=
  if [ "${1:-}" = --config ]; then
    config=${2:?--config names a file}
    shift 2
  fi
  [ $# -eq 1 ] || { echo "usage: $(basename "$0") [--config FILE] FOLDER" >&2; exit 2; }
  # shellcheck disable=SC2034  # the scripts use it
  folder=$1
  data=$(setting data_dir MINSU_DATA_DIR "$config") || exit
  data=${data:-data}
  url=$(setting database.url MINSU_DATABASE__URL "$config") || exit
  url=${url:-sqlite://$data/minsu.sqlite3}
  media=$(setting objects.url MINSU_OBJECTS__URL "$config") || exit
  case ${media:-file:} in
    file: | file://) media=$data/media ;;
    file://*) media=${media#file://} ;;
    file:*) media=${media#file:} ;;
    *) media= ;;
  esac
}

# setting KEY VARIABLE CONFIG: its value, or nothing where it is not set.
setting() {
  local variable=$2 file=$2_FILE value=
  if [ -n "${!variable:-}" ]; then
    value=${!variable}
  elif [ -n "${!file:-}" ]; then
    value=$(secret "${!file}") || return
  elif [ -n "$3" ]; then
    value=$(in_file "$3" "$1") || return
    if [ -z "$value" ]; then
      file=$(in_file "$3" "$1_file") || return
      [ -z "$file" ] || value=$(secret "$file") || return
    fi
  fi
  printf '%s' "$value"
}

# secret FILE: what is in it, without the end of its last line. An empty file is a mistake.
secret() {
  local text
  text=$(cat -- "$1") || return
  text=${text%$'\r'}
  [ -n "$text" ] || { echo "$1 is empty" >&2; return 1; }
  printf '%s' "$text"
}

# in_file CONFIG KEY: the value of the key in a settings file, or nothing where the file does not have it.
in_file() {
  python3 - "$@" <<'PYTHON'
import pathlib, sys, tomllib
file, key = sys.argv[1:]
try:
    value = tomllib.loads(pathlib.Path(file).read_text(encoding="utf-8"))
    for name in key.split("."):
        value = value.get(name, {})
except (OSError, ValueError, AttributeError) as error:
    sys.exit(f"cannot read {key} in {file}: {error}")
print(value or "")
PYTHON
}
