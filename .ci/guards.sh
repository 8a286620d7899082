# shellcheck shell=bash
# ./dev guards [PART]: takes away each guard of the domain in turn, in a copy of this checkout, and runs the matrix of
# rights, which must fail. PART keeps to the guards whose file name holds it. One build, then a run of the matrix for
# each guard: not for every day.

# Every guard of the copy gets a number and may be switched off: one build serves all of them. Prints « number:place ».
number_guards() { # COPY PART
  local number=0 file line _
  cat >>"$1/schema/src/foundation/policy.rs" <<'RUST'

/// The action that is asked for, unless its guard is taken away: everybody may read what is public.
pub fn unless(guard: u32, action: Action) -> Action {
    static OFF: std::sync::LazyLock<Option<u32>> =
        std::sync::LazyLock::new(|| std::env::var("GUARD_OFF").ok()?.parse().ok());
    if *OFF == Some(guard) { Action::ReadPublic } else { action }
}
RUST
  while IFS=: read -r file line _; do
    number=$((number + 1))
    sed -i -E "${line}s/\((Action::[A-Za-z]+)/(crate::foundation::policy::unless($number, \1)/" "$1/$file"
    if [[ $file == *"$2"* ]]; then echo "$number:$file:$line"; fi
  done < <(cd "$1" && grep -rnE 'actor\.(scope|reached|authorise)\(Action::' schema/src --include=*.rs |
    grep -v 'Action::\(ReadPublic\|TakePart\)' | grep -v '^schema/src/foundation/')
}

cmd_guards() { # [PART]
  local copy=$local/guards caught=0 missed=() number place
  local matrix=(cargo test -q -p tests --test e2e -- --exact
    matrix::the_api_lets_everybody_do_what_the_table_says_and_nothing_else)
  need_rust; need_node; need_browser
  rm -rf "$copy" && mkdir -p "$copy"
  git ls-files -z | xargs -0 cp --parents -t "$copy"
  number_guards "$copy" "${1-}" >"$local/guards.list"
  throwaway guards all -c fsync=off -c synchronous_commit=off -c full_page_writes=off
  PATH=$PATH:$pg_bin
  export CARGO_TARGET_DIR=$local/guards-target
  cd "$copy"
  step "Building"
  cargo build --workspace --bins </dev/null 9>&-
  step "With every guard in its place"
  "${matrix[@]}" </dev/null 9>&- || fail "the matrix fails although no guard is missing"
  while IFS=: read -r number place; do
    step "Without $place"
    if GUARD_OFF=$number "${matrix[@]}" </dev/null >"$local/guards.log" 2>&1 9>&-; then
      missed+=("$place"); say "not noticed"
    elif grep -q 'cells are wrong' "$local/guards.log"; then
      caught=$((caught + 1)); say "caught: $(grep -o '[0-9]* cells are wrong' "$local/guards.log")"
    else tail -n 20 "$local/guards.log" >&2; fail "the matrix did not run"; fi
  done <"$local/guards.list"
  say
  say "$caught guards caught, ${#missed[@]} not noticed"
  if ((${#missed[@]})); then printf 'not noticed  %s\n' "${missed[@]}" >&2; exit 1; fi
}
