# Two device files of the same GPU and the reference: does each row reach the reference, which share of
# theory is it, and how far are the two runs apart?
import json
import sys


def peaks(path):
    rows = json.load(open(path))["measured"]["rows"]
    return {r["name"]: r for r in rows if r["peak"] and r["regime"] == "burst"}


first, second = peaks(sys.argv[1]), peaks(sys.argv[2])
reference = {}
for line in open(sys.argv[3]):
    words = line.split()
    if len(words) == 2 and words[0] != "#":
        reference[words[0]] = float(words[1])
print(f"{'row':28}{'measured':>12}{'of theory':>11}{'apart':>8}{'reference':>12}{'':>3}method")
for name, row in first.items():
    theory = row["theory_at_clock"]
    share = f"{row['median'] / theory:.1%}" if theory else ""
    other = second.get(name)
    apart = f"{abs(other['median'] / row['median'] - 1):.1%}" if other else ""
    known = reference.get(name)
    beaten = "" if known is None else ("ok" if row["median"] >= known else "LOW")
    shown = f"{known:12.4g}" if known else " " * 12
    print(f"{name:28}{row['median']:12.4g}{share:>11}{apart:>8}{shown} {beaten:4}{row['method']}"
          f" at {row['clock_mhz'] or 0:.0f} MHz")
