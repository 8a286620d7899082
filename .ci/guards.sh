# shellcheck shell=bash
# ./dev guards [PART]: takes away each guard of the domain in turn, in a copy of this checkout, and runs the matrix of
# rights, which must fail; where it does not, a test of the guard's own area must. PART keeps to the guards whose file
# name holds it. One build, then a run of the matrix for each guard: not for every day.

# Every guard of the copy gets a number and may be switched off: one build serves all of them. Prints
# « number:place:area », the area as its tests are called.
number_guards() { # COPY PART
  local number=0 file line root area
  cat >>"$1/schema/src/foundation/policy/mod.rs" <<'RUST'

/// The action that is asked for, unless its guard is taken away: everybody may read what is public.
pub fn unless(guard: u32, action: Action) -> Action {
    static OFF: std::sync::LazyLock<Option<u32>> =
        std::sync::LazyLock::new(|| std::env::var("GUARD_OFF").ok()?.parse().ok());
    if *OFF == Some(guard) { Action::ReadPublic } else { action }
}
RUST
  # What is handed on without its guard is taken as it is.
  sed -i '/pub fn of(&self/a if std::env::var_os("GUARD_OFF").is_some() { return Ok(self); }' "$1/schema/src/foundation/policy/scope.rs"
  while IFS=: read -r file line _; do
    number=$((number + 1)) root=crate area=${file#schema/src/} area=${area%%/*}
    if [[ $file == server/* ]]; then root=schema area=operate; fi # the operators' page
    sed -i -E "${line}s/(Action::[A-Za-z]+)/$root::foundation::policy::unless($number, \1)/" "$1/$file"
    if [[ $file == *"$2"* ]]; then echo "$number:$file#$line:$area"; fi
  done < <(cd "$1" && grep -rnE '(actor\.(scope|reached|authorise)\(|scope\(ctx, )Action::' schema/src server/src --include=*.rs |
    grep -v 'Action::\(ReadPublic\|TakePart\)' | grep -v '^schema/src/foundation/')
}

cmd_guards() { # [PART]
  local copy=$local/unguarded noticed=0 missed=() sound_areas=() number place area e2e
  need_rust; need_node; need_browser
  throwaway guards all -c fsync=off -c synchronous_commit=off -c full_page_writes=off
  PATH=$PATH:$pg_bin
  rm -rf "$copy" && mkdir -p "$copy"
  git ls-files -z | xargs -0 cp --parents -t "$copy"
  number_guards "$copy" "${1-}" >"$local/guards.list"
  [[ -s $local/guards.list ]] || fail "no guard in a file whose name holds « ${1-} »"
  export CARGO_TARGET_DIR=$local/guards-target
  cd "$copy"
  graphiql; npm_ci tests/node; pip_install tests/node/clients/requirements.txt
  step "Building"
  cargo build --workspace --bins </dev/null 9>&-
  e2e=$(cargo test --no-run --message-format=json -p tests --test e2e </dev/null 9>&- |
    sed -n 's/.*"executable":"\([^"]*\/e2e-[^"]*\)".*/\1/p')
  cd tests # where the program expects its files
  step "With every guard in its place"
  the_matrix </dev/null 9>&- || fail "the matrix fails although no guard is missing"
  while IFS=: read -r number place area; do
    step "Without $place"
    if without "$number" "$area"; then noticed=$((noticed + 1)); else missed+=("$place"); fi
  done <"$local/guards.list"
  say
  say "$noticed of $((noticed + ${#missed[@]})) guards are missed when they are gone"
  if ((${#missed[@]})); then printf 'nobody notices  %s\n' "${missed[@]}" >&2; exit 1; fi
}

the_matrix() {
  "$e2e" --exact matrix::the_api_lets_everybody_do_what_the_table_says_and_nothing_else
}

# Whether a test fails when this guard is away: the matrix, or else one of its area.
without() { # NUMBER AREA
  local log=$local/guards.log failed
  if ! GUARD_OFF=$1 the_matrix </dev/null >"$log" 2>&1 9>&-; then
    grep -q '^test result: FAILED' "$log" || { tail -n 20 "$log" >&2; fail "the matrix did not run"; }
    say "caught: $(grep -o '[0-9]* cells are wrong' "$log" || grep -m 1 'panicked at' "$log")"
    return
  fi
  sound "$2"
  if ! GUARD_OFF=$1 "$e2e" "$2::" </dev/null >"$log" 2>&1 9>&-; then
    # What also fails with the guard in its place tells nothing about it.
    for failed in $(sed -n "s/^    \($2::[a-z0-9_:]*\)$/\1/p" "$log" | sort -u); do
      if "$e2e" --exact "$failed" </dev/null >"$log" 2>&1 9>&-; then say "caught by $failed"; return; fi
    done
  fi
  say "not noticed"
  return 1
}

# The tests of an area pass while every guard is in its place, looked at once: else they would tell nothing.
sound() { # AREA
  [[ " ${sound_areas[*]-} " == *" $1 "* ]] && return
  "$e2e" "$1::" </dev/null >"$local/guards.log" 2>&1 9>&- ||
    { tail -n 20 "$local/guards.log" >&2; fail "tests of $1 fail although no guard is missing"; }
  sound_areas+=("$1")
}
