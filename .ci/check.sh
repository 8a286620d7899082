# shellcheck shell=bash
# ./dev check: everything CI asks before the tests. Goes to the end, then names what failed and what was skipped.

failed=() skipped=()

cmd_check() {
  local before script
  need_rust
  graphiql
  before=$(tree)
  attempt "Format" cargo fmt --all --check
  attempt "Lints" cargo clippy --workspace --all-targets -- -D warnings
  attempt "Documentation" env RUSTDOCFLAGS=-Dwarnings cargo doc --workspace --no-deps
  if cargo deny --version >/dev/null 2>&1; then attempt "Dependencies" dependencies
  else skip "Dependencies" "cargo-deny is not installed"; fi
  for script in dev .ci/run .ci/*.sh; do attempt "Shell syntax of $script" bash -n "$script"; done
  if have shellcheck; then attempt "Shell lints" shellcheck -x -S warning dev .ci/run
  else skip "Shell lints" "shellcheck is not installed"; fi
  if docker compose version >/dev/null 2>&1; then attempt "compose.yaml" docker compose config -q
  else skip "compose.yaml" "docker compose is not installed"; fi
  if ! have node || ! have npm || ! npm_ci tests/node; then skip "Breaking changes of the API" "Node is not installed"
  elif released >/dev/null; then attempt "Breaking changes of the API since $(released)" breaking
  else skip "Breaking changes of the API" "nothing was released yet"; fi
  throwaway check pg -c fsync=off
  attempt "Migrations up, down, up" redo_migrations
  if [[ -n $before ]]; then attempt "Files unchanged" unchanged "$before"
  else skip "Files unchanged" "not a git checkout"; fi

  step "Summary"
  if ((${#skipped[@]})); then say "$(printf 'skipped  %s\n' "${skipped[@]}")"; fi
  if ((${#failed[@]})); then say "$(printf 'FAILED   %s\n' "${failed[@]}")"; exit 1; fi
  say "All checks passed."
}

attempt() { # NAME COMMAND…
  step "$1"
  "${@:2}" </dev/null || failed+=("$1")
}

skip() { # NAME WHY
  step "$1"
  say "skipped: $2"
  skipped+=("$1: $2")
}

# The last release that this commit stands on.
released() { git describe --tags --abbrev=0 2>/dev/null; }

# What clients of the last release would stumble over, unless it is listed in schema/breaking.txt.
breaking() {
  local before=$local/released.graphql
  git show "$(released):schema/schema.graphql" >"$before" || return 1
  node tests/node/breaking.mjs "$before" schema/schema.graphql schema/breaking.txt
}

# Offline it wants every package of the lock file, other systems' too, which a build does not fetch.
dependencies() { cargo fetch --locked && cargo deny --offline check bans licenses sources; }

# (Each line tests its own result: inside `attempt` the shell does not stop at an error.)
redo_migrations() {
  local name=spp_check_$$ scratch_url result=0
  [[ $DATABASE_URL =~ ^([a-z]+://[^/?]*)(/[^?]*)?(\?.*)?$ ]] || { say "DATABASE_URL is not an address"; return 1; }
  scratch_url=${BASH_REMATCH[1]}/$name${BASH_REMATCH[3]-}
  cargo build -p server --bin server 9>&- || return 1
  need_psql
  psql -Xq "$DATABASE_URL" -c "create database $name" || return 1
  DATABASE_URL=$scratch_url "$target/debug/server" migrate --redo || result=1
  psql -Xq "$DATABASE_URL" -c "drop database $name" || result=1
  return "$result"
}

# A fingerprint of every file that git knows or would add; empty outside a checkout.
tree() { git ls-files -z -co --exclude-standard 2>/dev/null | xargs -0 -r sha256sum 2>/dev/null || true; }

unchanged() { # BEFORE
  diff <(printf '%s\n' "$1") <(tree) >&2 || { say "The checks changed these files."; return 1; }
}
