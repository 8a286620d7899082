# shellcheck shell=bash
# ./dev guards [PART]: takes away each guard of the domain in turn, in a copy of this checkout, and runs the matrix of
# rights, which must fail. PART keeps to the guards whose file name holds it. A minute each: not for every day.

cmd_guards() {
  local part=${1-} copy=$local/guards caught=0 missed=() place file line
  need_rust; need_node; need_browser
  rm -rf "$copy" && mkdir -p "$copy"
  git ls-files -z | xargs -0 cp --parents -t "$copy"
  throwaway guards all -c fsync=off -c synchronous_commit=off -c full_page_writes=off
  PATH=$PATH:$pg_bin
  while IFS=: read -r file line _; do
    place=$file:$line
    cp "$root/$file" "$copy/$file"
    # Everybody may read what is public: the guard is there, and holds nobody back.
    sed -i -E "${line}s/Action::[A-Za-z]+/Action::ReadPublic/" "$copy/$file"
    step "$place"
    if (cd "$copy" && CARGO_TARGET_DIR=$local/guards-target cargo test -q -p tests --test e2e -- --exact \
      matrix::the_api_lets_everybody_do_what_the_table_says_and_nothing_else) </dev/null >"$local/guards.log" 2>&1 9>&-; then
      missed+=("$place"); say "not noticed"
    elif grep -q 'cells are wrong' "$local/guards.log"; then
      caught=$((caught + 1)); say "caught: $(grep -o '[0-9]* cells are wrong' "$local/guards.log")"
    else tail -n 20 "$local/guards.log" >&2; fail "the matrix did not run"; fi
    cp "$root/$file" "$copy/$file"
  done < <(grep -rnE 'actor\.(scope|reached|authorise)\(Action::' schema/src --include=*.rs |
    grep -v 'Action::\(ReadPublic\|TakePart\)' | grep -v '^schema/src/foundation/' | grep "$part")
  say
  say "$caught guards caught, ${#missed[@]} not noticed"
  if ((${#missed[@]})); then printf 'not noticed  %s\n' "${missed[@]}" >&2; exit 1; fi
}
