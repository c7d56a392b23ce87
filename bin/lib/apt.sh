#!/bin/sh
# Run as root by bin/stack: `apt.sh update`, or `apt.sh install PACKAGE…`, without Debian starting or enabling anything.
set -eu
export DEBIAN_FRONTEND=noninteractive

policy=/usr/sbin/policy-rc.d
saved=$policy.before-ilos
no_cluster=/etc/postgresql-common/createcluster.d/ilos-setup.conf

restore() {
  rm -f "$policy" "$no_cluster"
  if [ -e "$saved" ]; then mv "$saved" "$policy"; fi
  rmdir --ignore-fail-on-non-empty "${no_cluster%/*}" 2>/dev/null || true
}

case "$1" in
  update)
    exec apt-get -q -o Acquire::Retries=3 -o DPkg::Lock::Timeout=300 -o APT::Update::Error-Mode=any update
    ;;
  install)
    shift
    redis_was_there=$(command -v redis-server valkey-server || true)
    trap restore EXIT
    trap 'exit 130' INT TERM HUP
    if [ -e "$policy" ] && [ ! -e "$saved" ]; then mv "$policy" "$saved"; fi
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod 755 "$policy"
    mkdir -p "${no_cluster%/*}"
    echo 'create_main_cluster = false' >"$no_cluster"
    apt-get -q -y -o Acquire::Retries=3 -o DPkg::Lock::Timeout=300 install --no-install-recommends "$@"
    # The package enables its service for the next boot; we start our own and want no other.
    if [ -z "$redis_was_there" ] && command -v systemctl >/dev/null; then
      for service in redis-server valkey-server; do
        systemctl disable --quiet "$service.service" 2>/dev/null || true
      done
    fi
    ;;
esac
