# shellcheck shell=bash
# Stacks: a private PostgreSQL and Redis under .local/<stack>/, for product, test, bench and check. Both listen on
# 127.0.0.1 only. Before we believe that what runs is ours, it must name its own data folder.

pg_bin='' pg_user=postgres # set by find_pg and pg_known: where PostgreSQL's programs are, and the user they run as

# Debian keeps the programs of PostgreSQL out of PATH, one folder for each version.
find_pg() { # [VERSION]: that one only, because data made by it exist; else the newest
  local folder
  pg_bin=''
  for folder in $(printf '%s\n' /usr/lib/postgresql/*/bin | sort -rV) $(pg_config --bindir 2>/dev/null); do
    [[ -x $folder/initdb && -x $folder/pg_ctl && -x $folder/psql ]] || continue
    [[ -z ${1-} || $("$folder/initdb" --version) == *" $1."* ]] || continue
    pg_bin=$folder
    return 0 # (a bare `return` inside a trap would repeat the status from before the trap)
  done
  return 1
}

# Where a stack's PostgreSQL lives. It refuses to run as root, so root lends it to the user postgres; when that
# user cannot reach the project (under /root, say), the data go to /var/tmp, which survives a restart.
pg_home() { # STACK
  local file=$local/$1/pg.home home=$local/$1/pg
  if [[ ! -f $file ]]; then
    if ((EUID == 0)) && ! runuser -u postgres -- test -x "$local/$1" 2>/dev/null; then
      home=/var/tmp/spp-$(printf %s "$root" | sha256sum | cut -c1-12)
      mkdir -p "$home"
      [[ -O $home && ! -L $home ]] || fail "$home belongs to someone else: remove it"
      home+=/$1
      say "(The user postgres cannot reach this folder: the data of '$1' are in $home)"
    fi
    echo "$home" >"$file"
  fi
  cat "$file"
}

# In /, because the user postgres may not be able to stand in the current folder.
as_pg() {
  if ((EUID == 0)); then (cd / && runuser -u "$pg_user" -- "$@"); else "$@"; fi
}

pg_sql() { # STACK SQL
  "$pg_bin/psql" -XAtq "postgres://postgres@127.0.0.1:$(cat "$local/$1/pg.port")/postgres?connect_timeout=5&sslmode=disable" -c "$2"
}

# Sets pg_bin and pg_user for the data of a stack; false when there are none.
pg_known() { # STACK
  local data
  [[ -s $local/$1/pg.home ]] || return 1
  data=$(cat "$local/$1/pg.home")/data
  if ((EUID == 0)); then pg_user=$(stat -c %U "$data" 2>/dev/null) || return 1; fi
  find_pg "$(cat "$data/PG_VERSION" 2>/dev/null)"
}

# Not asked by SQL: a test that took every connection would make it look stopped.
pg_running() { # STACK
  local data pid
  pg_known "$1" || return 1
  data=$(cat "$local/$1/pg.home")/data
  pid=$(head -n 1 "$data/postmaster.pid" 2>/dev/null) && [[ -n $pid && -n $(birth "$pid") ]] &&
    tr '\0' '\n' <"/proc/$pid/cmdline" | grep -qxF -- "$data"
}

pg_init() { # STACK HOME
  if ((EUID == 0)); then chown postgres "$2"; fi
  pg_user=postgres
  # Under another name first: an interrupted initdb leaves nothing that looks finished.
  as_pg rm -rf "$2/new"
  as_pg "$pg_bin/initdb" -D "$2/new" -U postgres -A trust -E UTF8 --locale=C.UTF-8 --no-sync \
    </dev/null >"$local/$1/initdb.log" 2>&1 || { cat "$local/$1/initdb.log" >&2; fail "initdb failed"; }
  as_pg mv "$2/new" "$2/data"
}

# After a PostgreSQL was killed, its number still counts as taken while nobody collects the dead process, which in
# a container may be for ever; PostgreSQL then believes it runs. True when that was so and is tidied.
pg_ghost() { # DATA
  local pid
  pid=$(head -n 1 "$1/postmaster.pid" 2>/dev/null) || return 1
  [[ -n $pid && -z $(birth "$pid") ]] || return 1
  sleep 1 # its children notice, and leave
  rm -f "$1/postmaster.pid"
}

pg_start() { # STACK [OPTION…]
  local stack=$1 home version port
  shift
  if pg_running "$stack"; then return 0; fi
  find_pg || { packages postgresql && find_pg; } || fail "PostgreSQL's initdb, pg_ctl and psql are nowhere to be found"
  ((EUID != 0)) || id postgres >/dev/null 2>&1 || fail "PostgreSQL does not run as root: create a user named postgres"
  mkdir -p "$local/$stack"
  home=$(pg_home "$stack")
  mkdir -p "$home"
  if [[ -s $home/data/PG_VERSION ]]; then
    version=$(cat "$home/data/PG_VERSION")
    find_pg "$version" || fail "$home was made by PostgreSQL $version, which is gone: install it, or delete that folder"
    pg_user=$(stat -c %U "$home/data")
  else
    pg_init "$stack" "$home"
  fi
  for _ in {1..5}; do
    port=$(free_port "$local/$stack/pg.port")
    as_pg rm -f "$home/log"
    # No socket file: its path has a length limit, which a deep checkout passes.
    if as_pg "$pg_bin/pg_ctl" -w -t 120 -D "$home/data" -l "$home/log" \
      -o "-p $port -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c max_connections=200 $*" \
      start </dev/null >/dev/null 2>&1 9>&-; then
      [[ $(pg_sql "$stack" "select 1 from pg_available_extensions where name = 'unaccent'") == 1 ]] ||
        fail "this PostgreSQL lacks the extension unaccent: install its 'contrib' package"
      return 0
    fi
    if as_pg grep -q 'Address already in use' "$home/log"; then rm -f "$local/$stack/pg.port"
    elif ! pg_ghost "$home/data"; then break; fi
  done
  as_pg tail -n 20 "$home/log" >&2 || true
  fail "PostgreSQL did not start (log: $home/log)"
}

pg_stop() { # STACK
  local mode
  for mode in fast immediate; do
    pg_running "$1" || return 0
    as_pg "$pg_bin/pg_ctl" -w -t 60 -m "$mode" -D "$(cat "$local/$1/pg.home")/data" stop </dev/null >/dev/null 2>&1 || true
  done
  if pg_running "$1"; then say "The PostgreSQL of '$1' did not stop."; fi
}

redis() { # STACK COMMAND…   (in limited time: a stranger on the port may never answer)
  timeout 10 redis-cli -h 127.0.0.1 -p "$(cat "$local/$1/redis.port")" "${@:2}" 2>/dev/null
}

redis_running() { # STACK
  [[ -s $local/$1/redis.port ]] && have redis-cli && [[ $(redis "$1" config get dir | tail -n 1) == "$local/$1/redis" ]]
}

redis_start() { # STACK [OPTION…]
  local stack=$1 port log=$local/$1/redis/log
  shift
  if redis_running "$stack"; then return 0; fi
  if ! have redis-server || ! have redis-cli; then packages redis-server; fi
  mkdir -p "$local/$stack/redis"
  for _ in {1..5}; do
    port=$(free_port "$local/$stack/redis.port")
    rm -f "$log"
    redis-server --daemonize yes --bind 127.0.0.1 --port "$port" --dir "$local/$stack/redis" --logfile "$log" \
      --pidfile "$local/$stack/redis/pid" --maxmemory-policy noeviction "$@" </dev/null >/dev/null 9>&- || break
    # It accepts connections before its data are loaded: wait for a real PONG. A port clash shows only in its log.
    for _ in {1..100}; do
      if redis_running "$stack" && [[ $(redis "$stack" ping) == PONG ]]; then return 0; fi
      if grep -q 'Failed listening' "$log" 2>/dev/null; then break; fi
      sleep 0.1
    done
    rm -f "$local/$stack/redis.port"
  done
  tail -n 20 "$log" >&2 || true
  fail "Redis did not start (log: $log)"
}

redis_stop() { # STACK
  redis_running "$1" || return 0
  redis "$1" shutdown || true
  for _ in {1..100}; do redis_running "$1" || return 0; sleep 0.1; done
  say "The Redis of '$1' did not stop."
}

stack_stop() { pg_stop "$1"; redis_stop "$1"; }

# A stack for the time of one command, from nothing: its data go first and last. Addresses that were given win.
throwaway() { # STACK all|pg [PG_OPTION…]
  scratch=$1 # read by the trap when this function is long over
  local what=$2
  shift 2
  lock "$scratch"
  drop_stack "$scratch"
  trap 'drop_stack "$scratch"' EXIT
  if [[ -z ${DATABASE_URL-} ]]; then
    pg_start "$scratch" "$@"
    DATABASE_URL=postgres://postgres@127.0.0.1:$(cat "$local/$scratch/pg.port")/postgres
  fi
  if [[ $what == all && -z ${REDIS_URL-} ]]; then
    redis_start "$scratch" --save '' --appendonly no
    REDIS_URL=redis://127.0.0.1:$(cat "$local/$scratch/redis.port")/
  fi
  export DATABASE_URL REDIS_URL
}

drop_stack() { # STACK
  trap '' INT TERM HUP PIPE # a second Ctrl-C must not interrupt the tidying
  stack_stop "$1"
  if [[ -s $local/$1/pg.home ]]; then rm -rf "$(cat "$local/$1/pg.home")"; fi
  rm -rf "${local:?}/$1"
  signals
}

# Ending by a signal must pass by the EXIT traps, which stop what was started.
signals() {
  trap 'exit 130' INT
  trap 'exit 143' TERM HUP
  trap 'exit 141' PIPE
}
