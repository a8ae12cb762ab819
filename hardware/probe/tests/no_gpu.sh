#!/bin/sh
# Where there is no GPU the probe says so in one line and ends with status 3; wrong usage is status 2.
program=$1
line=$(CUDA_VISIBLE_DEVICES='' "$program" 2>&1)
status=$?
[ $status -eq 3 ] && [ "$(printf '%s\n' "$line" | wc -l)" -eq 1 ] || { echo "$status: $line"; exit 1; }
"$program" --fast 2>/dev/null
[ $? -eq 2 ] || { echo "wrong usage is not status 2"; exit 1; }
"$program" --help | grep -q -- --sustained || { echo "no help"; exit 1; }
