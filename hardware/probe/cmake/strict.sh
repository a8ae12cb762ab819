#!/bin/sh
# Runs a compile of CUDA code and fails it where ptxas reports that registers spilled or that wgmma
# instructions wait for one another (C7510 and its kin): what such a kernel measures is not the chip.
log=$("$@" 2>&1)
status=$?
printf '%s\n' "$log" | grep -vE '^ptxas info|bytes (stack frame|gmem)|^ *$' >&2
if printf '%s\n' "$log" | grep -E '\(C75[0-9][0-9]\)|[1-9][0-9]* bytes spill' >&2; then
  echo "strict.sh: spilled registers or serialised wgmma in: $*" >&2
  exit 1
fi
exit $status
