# shellcheck shell=bash
# ./dev guards [PART]: takes away each guard of the domain in turn, in a copy of this checkout, and runs the matrix of
# rights, which must fail. One that is not noticed is taken away again together with every other guard of its right in
# its area: when that is noticed, another guard stands behind it. PART keeps to the guards whose file name holds it. One
# build, then a run of the matrix for each guard: not for every day.

# Every guard of the copy gets a number and may be switched off: one build serves all of them. Prints
# « number:place:right and area ».
number_guards() { # COPY PART
  local number=0 file line text action area
  cat >>"$1/schema/src/foundation/policy/mod.rs" <<'RUST'

/// The action that is asked for, unless its guard is taken away: everybody may read what is public.
pub fn unless(guard: u32, action: Action) -> Action {
    static OFF: std::sync::LazyLock<Vec<u32>> = std::sync::LazyLock::new(|| {
        let off = std::env::var("GUARDS_OFF").unwrap_or_default();
        off.split(',').filter_map(|one| one.parse().ok()).collect()
    });
    if OFF.contains(&guard) { Action::ReadPublic } else { action }
}
RUST
  while IFS=: read -r file line text; do
    number=$((number + 1)) action=${text#*Action::} area=${file#schema/src/}
    action=${action%%[!A-Za-z]*} area=$(cut -d/ -f1,2 <<<"$area")
    sed -i -E "${line}s/\((Action::[A-Za-z]+)/(crate::foundation::policy::unless($number, \1)/" "$1/$file"
    if [[ $file == *"$2"* ]]; then echo "$number:$file#$line:$action in $area"; fi
  done < <(cd "$1" && grep -rnE 'actor\.(scope|reached|authorise)\(Action::' schema/src --include=*.rs |
    grep -v 'Action::\(ReadPublic\|TakePart\)' | grep -v '^schema/src/foundation/')
}

cmd_guards() { # [PART]
  local copy=$local/unguarded caught=0 missed=() missed_places=() holes=() number place right
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
  while IFS=: read -r number place right; do
    step "Without $place"
    without "$number" && { missed+=("$right"); missed_places+=("$place ($right)"); }
  done <"$local/guards.list"
  for right in $(printf '%s\n' "${missed[@]}" | sort -u | tr ' ' '~'); do
    right=${right//\~/ }
    step "Without any guard of $right"
    without "$(awk -F: -v right="$right" '$3 == right { print $1 }' "$local/guards.list" | paste -sd,)" && holes+=("$right")
  done
  say
  say "$caught runs noticed what was taken away; ${#missed_places[@]} guards have another behind them, or nobody notices"
  if ((${#missed_places[@]})); then printf 'alone not noticed  %s\n' "${missed_places[@]}"; fi
  if ((${#holes[@]})); then printf 'not noticed at all  %s\n' "${holes[@]}" >&2; exit 1; fi
}

# Whether the matrix passes although these guards (numbers, with commas) are away.
without() {
  if GUARDS_OFF=$1 "${matrix[@]}" </dev/null >"$local/guards.log" 2>&1 9>&-; then say "not noticed"; return 0; fi
  grep -q 'cells are wrong' "$local/guards.log" || { tail -n 20 "$local/guards.log" >&2; fail "the matrix did not run"; }
  caught=$((caught + 1)); say "caught: $(grep -o '[0-9]* cells are wrong' "$local/guards.log")"
  return 1
}
