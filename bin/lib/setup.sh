# Sourced by bin/run and bin/test: finds a Python and hands over to bin/stack, which needs its standard library only.

usable_python() {
  command -v "$1" >/dev/null 2>&1 && "$1" -c 'import sys, ctypes, json, ssl, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
}

find_python() {
  local candidate fallback=""
  for candidate in ${PYTHON:+"$PYTHON"} python3 /usr/bin/python3 python3.14 python3.13 python3.12 python3.11; do
    usable_python "$candidate" || continue
    # One that can make a virtual environment wins; otherwise the stack installs python3-venv by apt.
    if "$candidate" -c 'import ensurepip' 2>/dev/null; then
      echo "$candidate"
      return
    fi
    fallback=${fallback:-$candidate}
  done
  echo "$fallback"
}

run_stack() {
  local checkout python
  checkout=$(cd "$(dirname "$(readlink -f "$0")")/.." && pwd -P)
  python=$(find_python)
  if [ -z "$python" ]; then
    echo "$0: no complete Python 3.11 or newer found. On Debian or Ubuntu: apt-get install python3 python3-venv" >&2
    echo "Or use containers, which bring everything: bin/make-secrets --demo && docker compose up --build (see README.md)." >&2
    exit 1
  fi
  PYTHONPATH="$checkout/bin${PYTHONPATH:+:$PYTHONPATH}" exec "$python" -m stack "$@"
}
