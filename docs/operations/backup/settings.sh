# shellcheck shell=bash
# What the scripts beside this must know of a site: where its database and its pictures are. Read as
# minsu reads it: a settings file (--config FILE), the environment over it, a key `…_file` in the place
# of a secret.

# Sets `url`, `data`, `media` (empty where pictures are elsewhere) and `folder`, the one argument.
read_site() {
  local config=
  if [ "${1:-}" = --config ]; then
    config=${2:?--config names a file}
    shift 2
  fi
  [ $# -eq 1 ] || { echo "usage: $(basename "$0") [--config FILE] FOLDER" >&2; exit 2; }
  # shellcheck disable=SC2034  # the scripts use it
  folder=$1
  data=$(setting data_dir MINSU_DATA_DIR "$config")
  data=${data:-data}
  url=$(setting database.url MINSU_DATABASE__URL "$config")
  url=${url:-sqlite://$data/minsu.sqlite3}
  media=$(setting objects.url MINSU_OBJECTS__URL "$config")
  case ${media:-file:} in
    file: | file://) media=$data/media ;;
    file://*) media=${media#file://} ;;
    file:*) media=${media#file:} ;;
    *) media= ;;
  esac
}

# setting KEY VARIABLE CONFIG: its value, or nothing.
setting() {
  local variable=$2 file=$2_FILE value=
  if [ -n "${!variable:-}" ]; then
    value=${!variable}
  elif [ -n "${!file:-}" ]; then
    value=$(cat "${!file}")
  elif [ -n "$3" ]; then
    value=$(python3 - "$1" "$3" <<'PYTHON'
import pathlib, sys, tomllib
key, file = sys.argv[1:]
*sections, name = key.split(".")
table = tomllib.loads(pathlib.Path(file).read_text())
for section in sections:
    table = table.get(section, {})
value = table.get(name, "")
if not value and f"{name}_file" in table:
    value = pathlib.Path(table[f"{name}_file"]).read_text()
print(value)
PYTHON
    )
  fi
  # As minsu does: a file that was made with an editor ends in a line.
  printf '%s' "$value" | sed -e 's/[[:space:]]*$//'
}
