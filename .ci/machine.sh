# shellcheck shell=bash
# What ./dev needs from the machine: programs, processes, ports, locks.

# Words go to stderr: stdout is for what another program may read. A closed terminal must not stop the tidying.
say() { printf '%s\n' "$*" >&2 || true; }
step() { say; say "== $*"; }
fail() { say "dev: $*"; exit 1; }
have() { command -v "$1" >/dev/null 2>&1; }

# --- Programs

# Installs packages when that is allowed without a question: as root, or with a sudo that asks no password.
packages() { # NAME…
  local admin=()
  if ((EUID != 0)); then admin=(sudo -n); fi
  if [[ ${SPP_INSTALL-} == no ]] || ! have apt-get || { ((EUID != 0)) && ! sudo -n true 2>/dev/null; }; then
    fail "missing: $*. Install it, on Debian: sudo apt-get install --no-install-recommends $*"
  fi
  step "Installing $*"
  say "(Debian may start its own PostgreSQL or Redis on ports 5432 and 6379: this project leaves them alone.)"
  local install=("${admin[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@")
  # A fresh image has no package lists, an old one has stale lists: both show as a failed install.
  "${install[@]}" </dev/null >&2 || { "${admin[@]}" apt-get update -qq </dev/null >&2 && "${install[@]}" </dev/null >&2; } ||
    fail "could not install $*"
}

need_rust() {
  have cargo || PATH=${HOME:-/root}/.cargo/bin:$PATH
  have cargo || fail "Rust is missing. Install it from https://rustup.rs, open a new terminal, then run this again."
  have cc || have gcc || packages build-essential
}

need_node() {
  local version
  if ! have node || ! have npm; then packages nodejs npm; fi
  version=$(node --version)
  version=${version#v}
  ((${version%%.*} >= 18)) || fail "the tests need Node 18 or newer; this is $version"
}

# Sets CHROMIUM, the browser that the tests of pages use.
need_browser() {
  local name
  for name in chromium chromium-browser google-chrome; do
    if have "$name"; then CHROMIUM=$(command -v "$name"); export CHROMIUM; return 0; fi
  done
  packages chromium
  CHROMIUM=$(command -v chromium) || fail "the tests need a browser: install chromium"
  export CHROMIUM
}

# Python packages in a folder of this checkout, only when their list changed since the last time.
pip_install() { # LIST
  local home=$local/python
  export SPP_PYTHON=$home/bin/python
  [[ $home/made -nt $1 ]] && return 0
  { have python3 && python3 -c 'import ensurepip, venv' 2>/dev/null; } || packages python3 python3-venv
  step "Python packages of $1"
  rm -rf "$home"
  python3 -m venv "$home" >&2 && "$SPP_PYTHON" -m pip install -q --disable-pip-version-check -r "$1" </dev/null >&2 && touch "$home/made" ||
    fail "could not install the Python packages of $1"
}

# npm packages, only when the lock file changed since the last time.
npm_ci() { # FOLDER
  [[ -f $1/package-lock.json ]] || return 0
  [[ $1/node_modules/.package-lock.json -nt $1/package-lock.json ]] && return 0
  step "Node packages of $1"
  (cd "$1" && npm ci --no-audit --no-fund </dev/null >&2) && touch "$1/node_modules/.package-lock.json"
}

# --- Processes

# The moment a process began, in clock ticks: with its number it names one process for good, so that a stranger
# who got the number later is never stopped. Empty when the process is gone or a zombie.
birth() { # PID
  local stat fields
  stat=$(cat "/proc/$1/stat" 2>/dev/null) || return 0
  read -ra fields <<<"${stat##*) }"
  if [[ ${fields[0]} != Z ]]; then echo "${fields[19]}"; fi
}

pid_of() { # NAME: its number, if it runs
  local pid born
  read -r pid born 2>/dev/null <"$run/$1" || return 1
  [[ -n $born && $(birth "$pid") == "$born" ]] && echo "$pid"
}

stop_processes() { # NAME…: politely and all at once; after 60 s firmly
  local name pid
  for name; do if pid=$(pid_of "$name"); then kill -TERM "$pid" 2>/dev/null || true; fi; done
  for name; do
    for _ in {1..600}; do pid_of "$name" >/dev/null || break; sleep 0.1; done
    if pid=$(pid_of "$name"); then say "The $name did not stop in 60 s: killed."; kill -KILL "$pid" 2>/dev/null || true; fi
    rm -f "$run/$name"
  done
}

# --- Ports

taken() { (: <"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# The port of last time when it is still free, else a new one, remembered. Below 32768, where the system starts
# to pick ports for outgoing connections.
free_port() { # FILE
  local port
  port=$(cat "$1" 2>/dev/null || true)
  until [[ -n $port ]] && ! taken "$port"; do port=$((20000 + RANDOM % 12000)); done
  echo "$port" | tee "$1"
}

http_status() { # HOST:PORT PATH   (without curl, which a bare machine may not have)
  (exec 3<>"/dev/tcp/${1%:*}/${1##*:}" && printf 'GET %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n' "$2" "$1" >&3 &&
    read -r -t 5 _ status _ <&3 && echo "$status" && timeout 5 cat <&3 >/dev/null) 2>/dev/null || true
}

# --- This checkout's folder

# A .local/ that was copied along with the checkout would name the other one's processes and ports.
own_local() {
  local home
  home=$(cat "$local/home" 2>/dev/null) || home=$root
  if [[ $home != "$root" ]]; then
    say "(.local/ was made in $home: set aside as .local/aside/ to start afresh here.)"
    rm -rf "$local.new" "$local/aside"
    mkdir "$local.new" && mv "$local" "$local.new/aside" && mv "$local.new" "$local"
  fi
  mkdir -p "$run" "$logs" "$local/lock" 2>/dev/null && [[ -w $local/lock && -w $run ]] ||
    fail "cannot write in .local/, which belongs to $(stat -c %U "$local" 2>/dev/null || echo nobody): work as that user, or delete it"
  [[ -f $local/home ]] || echo "$root" >"$local/home"
}

# One command at a time for each stack: two would stop each other's services. What stays behind must not inherit
# the lock, hence the 9>&- wherever something is started.
lock() { # STACK
  exec 9>"$local/lock/$1"
  flock -n 9 || fail "another ./dev is busy with '$1' in this folder: wait for it, or stop it with Ctrl-C"
}
unlock() { exec 9>&-; }
