#!/bin/bash
# Builds trtprobe on a machine with a GPU and tries it there: quick, default twice for the spread between
# runs, sustained for the main rows, PyTorch or cuBLASLt as the reference, the instructions in the
# program, and what must be refused. Everything lands in the folder $OUT (default: build/device).
#   tests/device/run.sh [build|measure|sustained|sass|refuse|fat]...     default: all but fat
set -u
here=$(cd "$(dirname "$0")/../.." && pwd)
out=${OUT:-$PWD/build/device}
build=${BUILD:-/tmp/trtprobe-build}
mkdir -p "$out" "$build"
architectures=${ARCHITECTURES:-$(nvidia-smi --query-gpu=compute_cap --format=csv,noheader | head -1 | tr -d .)}
case $architectures in 90|120|121) architectures=${architectures}a ;; esac
steps=${*:-build measure sustained sass refuse}
probe=$build/trtprobe

for step in $steps; do
  echo "== $step"
  case $step in
    build)
      cmake -S "$here" -B "$build" -G Ninja "-DTRTPROBE_ARCHITECTURES=$architectures" >"$out/build.log" 2>&1 &&
        cmake --build "$build" -j "$(nproc)" >>"$out/build.log" 2>&1 || { tail -30 "$out/build.log"; exit 1; }
      ls -l "$probe"; ldd "$probe"
      ;;
    measure)
      nvidia-smi --query-gpu=name,driver_version,clocks.sm,clocks.max.sm,power.draw,power.limit,temperature.gpu,ecc.mode.current --format=csv
      time "$probe" --quick -o "$out/quick.json" >"$out/quick.txt"; echo "exit $?"
      time "$probe" -o "$out/first.json" >"$out/first.txt"; echo "exit $?"
      cut -c1-150 "$out/first.txt" | grep -v '^http'
      python3 "$here/tests/device/reference.py" | tee "$out/reference.txt"
      time "$probe" -o "$out/second.json" >"$out/second.txt"; echo "exit $?"
      python3 "$here/tests/device/compare.py" "$out/first.json" "$out/second.json" "$out/reference.txt" | tee "$out/compare.txt"
      ;;
    sustained)
      "$probe" --sustained=10 --no-libraries -o "$out/sustained.json" >"$out/sustained.txt" \
        --only tensor_bf16,tensor_fp8_e4m3_f32,tensor_int8,vector_fp32,dram_read
      cut -c1-150 "$out/sustained.txt" | grep -v '^http'
      ;;
    fat)
      # Every architecture that nvcc knows, in a folder of its own.
      time (cmake -S "$here" -B "$build-fat" -G Ninja >"$out/fat.log" 2>&1 &&
        cmake --build "$build-fat" -j "$(nproc)" >>"$out/fat.log" 2>&1) || tail -30 "$out/fat.log"
      grep architectures "$out/fat.log"; ls -l "$build-fat/trtprobe"
      time "$build-fat/trtprobe" --quick -o "$out/fat.json" >"$out/fat.txt"; echo "exit $?"
      ;;
    sass)
      "$here/tests/sass.sh" "$probe" | tee "$out/sass.txt"
      ;;
    refuse)
      "$probe" --device 99; echo "exit $? (2: no such GPU)"
      CUDA_VISIBLE_DEVICES= "$probe"; echo "exit $? (3: none)"
      "$probe" --only vector_fp32 -o "$out/none.json" >/dev/null & first=$!
      sleep 1.5
      "$probe" --only vector_fp32 -o - >/dev/null; echo "exit $? (5: busy)"
      wait $first
      "$probe" -o "$out/interrupted.json" >"$out/interrupted.txt" & first=$!
      sleep 4; kill -INT $first; wait $first; echo "exit $? (130: interrupted)"
      grep -c interrupted "$out/interrupted.txt"
      # Nearly all memory taken by another process: rows are skipped, nothing crashes.
      python3 -c 'import time, torch
free, _ = torch.cuda.mem_get_info()
held = torch.empty(free - (1400 << 20), dtype=torch.uint8, device="cuda")
print("holding", held.numel(), flush=True)
time.sleep(20)' & holder=$!
      sleep 8
      "$probe" --force --only dram_read,tensor_bf16,tensor_fp64 -o - >"$out/full.json" 2>"$out/full.txt"
      echo "exit $? with little memory"; cut -c1-120 "$out/full.txt" | grep -v '^http'
      kill $holder; wait $holder 2>/dev/null
      rm -f "$out/none.json" "$out/interrupted.json"
      ;;
  esac
done
