#!/bin/sh
# Are the instructions that the probe claims to time in the program's machine code, as often as its
# loops hold them, and is nothing spilled to memory? Needs cuobjdump of the CUDA toolkit; without it the
# exit status is 77, which ctest shows as skipped.
program=$1
tool=$(command -v cuobjdump || ls /usr/local/cuda/bin/cuobjdump 2>/dev/null)
if [ -z "$tool" ]; then
  echo "skipped: cuobjdump is not here"
  exit 77
fi
"$tool" -sass "$program" | awk '
function number(position,   parts, count) {  # the template argument "Li8E" at this position, from behind
  count = split(name, parts, "ELi")
  return parts[count - position] + 0
}
function finish(   expected, found) {
  if (name == "") return
  ++functions
  if (spills > 0) { print arch, name ": registers are spilled"; ++faults }
  if (name ~ /wgmma_loop/) { expected = 8; found = gmma; kind = "wgmma" }
  else if (name ~ /mma_loop/) { expected = 4 * number(0); found = mma; kind = "mma" }
  else if (name ~ /vector_loop/) { expected = number(0) * number(1); found = vector; kind = "FMA" }
  else { name = ""; return }
  # None at all: the architecture has no such instruction, and the program passes such a kernel over.
  if (found == 0) { ++empty[kind] }
  else if (found < expected || (kind != "FMA" && found % expected != 0)) {
    print arch, name ": " found " instructions of " expected; ++faults
  } else { ++full[kind] }
  name = ""
}
/^arch = / { finish(); arch = $3 }
/Function : / { finish(); name = $3; gmma = mma = vector = spills = 0; ++seen }
/ [HIQ]GMMA/ { ++gmma; next }
/ [HIQOD]MMA\./ { ++mma; next }
/ (FFMA|HFMA2|IMAD|DFMA|IDP)[. ]/ { ++vector; next }
/ (STL|LDL)[. ]/ { ++spills }
END {
  finish()
  for (kind in full) print kind ": " full[kind] " kernels with their instructions, " empty[kind] + 0 " without"
  if (seen == 0) { print "no machine code found"; exit 1 }
  print faults + 0 " faults in " functions " functions"
  exit faults > 0
}'
