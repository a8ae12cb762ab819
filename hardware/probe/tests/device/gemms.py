# What eight bits, weights of four bits and 2:4 sparsity really save in the matrix products of analysis
# documents (MatMul and Gemm with a weight, 1x1 convolutions), against what the documents predict: each
# product alone in CUDA graphs, by cuBLASLt's fastest proposal, by cuSPARSELt, by PyTorch's int4 kernel;
# and converting its input to INT8. "cold": all operands come from DRAM; "near": the input is still in L2,
# as it is behind the layer that made it.
#   python3 gemms.py [-o ROWS.json] DOCUMENT.json...       of trtreport MODEL --device X --json F
#   python3 gemms.py ROWS.json                             the same tables again, no GPU needed
import ctypes
import json
import math
import sys

try:
    import torch
    import triton
    import triton.language as tl
    from triton.language.extra import libdevice

    from layers import graph_seconds
except ImportError:
    torch = None

WIDTHS = {"fp16": (2, 2), "int8": (1, 1), "fp8": (1, 1), "fp16 2:4": (2, 1.125), "int8 2:4": (1, 0.625),
          "int4": (2, 0.5)}  # bytes of an activation and of a weight; 2:4 with two bits of place each
COLD = 256 << 20  # more than any L2
MOST_ROWS = {"int4": 16}  # PyTorch's kernel is written for few
ROWS_OF = {"fp16 2:4": 64, "int8 2:4": 64}  # multiples that cuSPARSELt runs
CHANNELS_OF = {"int8": 16, "fp8": 16}  # multiples that tensor cores take
ALGORITHMS = {"fp16 2:4": 36}  # cuSPARSELt 0.8 on an H200: later ones stop at an illegal instruction
SHORT = [0, 2e-6, 10e-6, 50e-6, 1]


def products(document):
    """The products of a document: rows M of the input, N channels out, K in, and their nodes' places."""
    tensors = document["tensors"]
    for place, node in enumerate(document["nodes"]):
        if node["op"] not in ("MatMul", "Gemm", "Conv") or "foldable" in node.get("notes", []):
            continue
        x, w = (tensors[name] for name in node["inputs"][:2])
        a = node.get("attributes", {})
        if w.get("kind") != "weight" or a.get("transA"):
            continue
        if node["op"] == "Conv":
            y = tensors[node["outputs"][0]]["shape"]
            plain = w["shape"][2:] == [1, 1] and a.get("group", 1) == 1 and x["shape"][2:] == y[2:]
            if not plain:
                continue
            yield place, math.prod(y) // y[1], w["shape"][0], w["shape"][1]
        elif len(w["shape"]) == 2:
            k, n = reversed(w["shape"]) if a.get("transB") else w["shape"]
            yield place, math.prod(x["shape"]) // k, n, k


class Cublas:
    """y = alpha x w^T of row-major matrices, by each of cuBLASLt's proposals."""
    TYPES = {"fp16": (2, 2, 68), "int8": (3, 3, 72), "fp8": (28, 2, 68)}  # CUDA_R_*, of C, CUBLAS_COMPUTE_*

    class Proposal(ctypes.Structure):
        _fields_ = [("algorithm", ctypes.c_uint64 * 8), ("workspace", ctypes.c_size_t), ("state", ctypes.c_int),
                    ("waves", ctypes.c_float), ("reserved", ctypes.c_int * 4)]

    def __init__(self):
        self.library = ctypes.CDLL(f"libcublasLt.so.{torch.version.cuda.split('.')[0]}")
        self.handle = ctypes.c_void_p()
        self.call("Create", ctypes.byref(self.handle))
        self.workspace = torch.empty(64 << 20, dtype=torch.uint8, device="cuda")

    def call(self, name, *arguments):
        status = getattr(self.library, "cublasLt" + name)(*arguments)
        if status != 0:
            raise RuntimeError(f"cublasLt{name}: status {status}")

    def layout(self, cuda_type, rows, columns):
        layout = ctypes.c_void_p()
        self.call("MatrixLayoutCreate", ctypes.byref(layout), cuda_type, ctypes.c_uint64(rows),
                  ctypes.c_uint64(columns), ctypes.c_int64(rows))
        return layout

    def proposals(self, kind, m, n, k):
        """Functions of (x, w, y), the library's favourite first."""
        operand, addend, compute = self.TYPES[kind]
        description, preference = ctypes.c_void_p(), ctypes.c_void_p()
        self.call("MatmulDescCreate", ctypes.byref(description), compute, 0)
        transpose, limit = ctypes.c_int(1), ctypes.c_size_t(self.workspace.numel())
        self.call("MatmulDescSetAttribute", description, 3, ctypes.byref(transpose), ctypes.c_size_t(4))
        self.call("MatmulPreferenceCreate", ctypes.byref(preference))
        self.call("MatmulPreferenceSetAttribute", preference, 1, ctypes.byref(limit), ctypes.c_size_t(8))
        w, x, c, y = (self.layout(*of) for of in ((operand, k, n), (operand, k, m), (addend, n, m), (operand, n, m)))
        found, count = (self.Proposal * 8)(), ctypes.c_int()
        self.call("MatmulAlgoGetHeuristic", self.handle, description, w, x, c, y, preference, 8, found,
                  ctypes.byref(count))
        alpha, beta = ctypes.c_float((1 / 40 if kind == "int8" else 1) / math.sqrt(k)), ctypes.c_float(0)

        def run(proposal, xs, ws, ys):
            self.call("Matmul", self.handle, description, ctypes.byref(alpha), ctypes.c_void_p(ws.data_ptr()), w,
                      ctypes.c_void_p(xs.data_ptr()), x, ctypes.byref(beta), None, c, ctypes.c_void_p(ys.data_ptr()),
                      y, ctypes.byref(proposal.algorithm), ctypes.c_void_p(self.workspace.data_ptr()), limit,
                      ctypes.c_void_p(torch.cuda.current_stream().cuda_stream))
            return ys
        return [lambda xs, ws, ys, p=proposal: run(p, xs, ws, ys) for proposal in found[:count.value]]


class Cusparse:
    """y = x w^T of row-major matrices, w 2:4 and packed by PyTorch, by each of cuSPARSELt's algorithms. Planned
    once: PyTorch's own function plans anew at each call, for milliseconds."""
    TYPES = {"fp16 2:4": (2, 2), "int8 2:4": (3, 0)}  # CUDA_R_*, CUSPARSE_COMPUTE_*
    BY_COLUMNS, BY_ROWS = 1, 2

    def __init__(self):
        self.library = ctypes.CDLL("libcusparseLt.so.0")
        self.kept = []
        self.handle = self.opaque()
        self.call("Init", self.handle)

    def opaque(self):
        """Room for any of the library's structures, as none says its size."""
        self.kept.append(torch.zeros(1 << 15, dtype=torch.uint8))
        return ctypes.c_void_p(self.kept[-1].data_ptr())

    def call(self, name, *arguments):
        status = getattr(self.library, "cusparseLt" + name)(*arguments)
        if status != 0:
            raise RuntimeError(f"cusparseLt{name}: status {status}")

    def matrix(self, kind, rows, columns, leading, order, *sparsity):
        made = self.opaque()
        sizes = [ctypes.c_int64(size) for size in (rows, columns, leading)]
        self.call("StructuredDescriptorInit" if sparsity else "DenseDescriptorInit", self.handle, made, *sizes, 16,
                  self.TYPES[kind][0], order, *sparsity)
        return made

    def proposals(self, kind, m, n, k):
        del self.kept[1:]
        w = self.matrix(kind, n, k, k, self.BY_ROWS, 0)
        x, y = self.matrix(kind, m, k, k, self.BY_ROWS), self.matrix(kind, n, m, n, self.BY_COLUMNS)
        product, choice = self.opaque(), self.opaque()
        self.call("MatmulDescriptorInit", self.handle, product, 0, 1, w, x, y, y, self.TYPES[kind][1])
        self.call("MatmulAlgSelectionInit", self.handle, choice, product, 0)
        most = ctypes.c_int()
        self.call("MatmulAlgGetAttribute", self.handle, choice, 1, ctypes.byref(most), ctypes.c_size_t(4))
        plans = []
        for algorithm in range(min(most.value, ALGORITHMS.get(kind, most.value))):
            try:
                plans.append(self.plan(product, algorithm))
            except RuntimeError:
                pass
        return plans

    def plan(self, product, algorithm):
        choice, plan = self.opaque(), self.opaque()
        self.call("MatmulAlgSelectionInit", self.handle, choice, product, 0)
        self.call("MatmulAlgSetAttribute", self.handle, choice, 0, ctypes.byref(ctypes.c_int(algorithm)),
                  ctypes.c_size_t(4))
        self.call("MatmulPlanInit", self.handle, plan, product, choice)
        size = ctypes.c_size_t()
        self.call("MatmulGetWorkspace", self.handle, plan, ctypes.byref(size))
        workspace = torch.empty(size.value + 1, dtype=torch.uint8, device="cuda")
        alpha, beta = ctypes.c_float(1), ctypes.c_float(0)

        def run(xs, ws, ys):
            stream = ctypes.c_void_p(torch.cuda.current_stream().cuda_stream)
            ws, xs, at = (ctypes.c_void_p(t.data_ptr()) for t in (ws, xs, ys))
            self.call("Matmul", self.handle, plan, ctypes.byref(alpha), ws, xs, ctypes.byref(beta), at, at,
                      ctypes.c_void_p(workspace.data_ptr()), ctypes.byref(stream), 1)
            return ys
        return run


def random(shape, kind):
    x = torch.randn(shape, device="cuda")
    if kind.startswith("int8"):
        return (x * 40).round().clamp(-127, 127).to(torch.int8)
    return x.to({"fp8": torch.float8_e4m3fn, "int4": torch.bfloat16}.get(kind, torch.float16))


def pruned(w):
    """Two of every four along K, at random places."""
    keep = torch.rand(w.shape[0], w.shape[1] // 4, 4, device="cuda").argsort(-1) < 2
    return w * keep.reshape(w.shape).to(w.dtype)


def packed_int4(n, k, group=128):
    """A random weight as PyTorch's kernel wants it: values 0 to 15 less 8, times a scale by group."""
    values = torch.randint(0, 16, (n, k), device="cuda", dtype=torch.int32)
    packed = torch._convert_weight_to_int4pack(((values[:, ::2] << 4) | values[:, 1::2]).to(torch.uint8), 8)
    scales = torch.full((k // group, n, 2), 0, device="cuda", dtype=torch.bfloat16)
    scales[..., 0] = 0.1
    return (values - 8).float() * 0.1, packed, scales


def candidates(kind, m, n, k, last):
    """Operands, what they multiply to in float32 (some last rows), and functions that compute it."""
    m = rounded_up(m, ROWS_OF.get(kind, 1))
    n, k = (rounded_up(size, CHANNELS_OF.get(kind, 1)) for size in (n, k))
    x = random((m, k), kind)
    if kind == "int4":
        dense, w, scales = packed_int4(n, k)
        run = lambda xs, ws, ys: torch._weight_int4pack_mm(xs, ws, 128, scales)
        return x, w, None, x[last].float() @ dense.t(), [run]
    dense, y = random((n, k), kind), torch.full((m, n), 77, device="cuda").to(x.dtype)
    if kind.endswith("2:4"):
        dense = pruned(dense)
        expected = x[last].float() @ dense.float().t()
        expected = expected.clamp(-128, 127) if kind.startswith("int8") else expected
        return x, torch._cslt_compress(dense), y, expected, cusparse.proposals(kind, m, n, k)
    scale = (1 / 40 if kind == "int8" else 1) / math.sqrt(k)
    return x, dense, y, x[last].float() @ dense.float().t() * scale, cublas.proposals(kind, m, n, k)


def rounded_up(size, multiple):
    return (size + multiple - 1) // multiple * multiple


def size(x):
    return 0 if x is None else x.numel() * x.element_size()


def clones(x, count):
    return [x] + [x.clone() for _ in range(count - 1)] if x is not None else [None] * count


def measure(kind, m, n, k, predicted):
    """Seconds, cold and near, by the fastest candidate, and the error against float32."""
    last = slice(max(0, m - 16), m)
    x, w, y, expected, runs = candidates(kind, m, n, k, last)
    copies = max(2, min(200, COLD // (size(x) + size(w) + size(y)) + 1))
    xs, ys = clones(x, copies), clones(y, copies)
    ws = clones(w, max(copies, min(200, COLD // size(w) + 1)))
    turns = max(copies, min(200, int(1e-3 / predicted)))

    def seconds(run, xs, ys, turns, repetitions):
        return graph_seconds(lambda: [run(xs[i % len(xs)], ws[i % len(ws)], ys[i % len(ys)]) for i in range(turns)],
                             turns, repetitions)
    trials = []
    for place, run in enumerate(runs):
        try:
            trials.append((seconds(run, xs, ys, min(turns, 20), 3), place))
        except RuntimeError as cause:
            failure = cause
    if not trials:
        raise failure
    best = runs[min(trials)[1]]
    got = best(x, w, y)[last].float()
    error = float((got - expected).norm() / expected.norm())
    if not error < 0.1:
        raise RuntimeError(f"wrong result: {error:.3f}")
    near = seconds(best, xs[:1], ys[:1], max(turns, min(len(ws), 50)), 15)
    return {"cold": seconds(best, xs, ys, turns, 15), "near": near, "error": error}


if torch:
    @triton.jit
    def quantize(x, y, scale, elements, BLOCK: tl.constexpr):
        at = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)
        value = libdevice.rint(tl.load(x + at, mask=at < elements).to(tl.float32) * scale)
        tl.store(y + at, tl.minimum(tl.maximum(value, -128.0), 127.0).to(tl.int8), mask=at < elements)


def conversion(elements):
    """Seconds of one kernel that reads float16 and writes int8, cold and near."""
    x = random((elements,), "fp16")
    y = torch.empty(elements, dtype=torch.int8, device="cuda")
    copies = max(2, min(200, COLD // (3 * elements) + 1))
    xs, ys = clones(x, copies), clones(y, copies)
    turns = max(copies, 50)
    run = lambda x, y: quantize[(math.ceil(elements / 2048),)](x, y, 20.0, elements, BLOCK=2048)
    run(x, y)
    if not torch.equal(y, (x.float() * 20).round().clamp(-128, 127).to(torch.int8)):
        raise RuntimeError("wrong values")
    times = [graph_seconds(lambda: [run(xs[i % many], ys[i % many]) for i in range(turns)], turns, 15)
             for many in (copies, 1)]
    return {"cold": times[0], "near": times[1]}


def predictions(document):
    """By precision: seconds of each node by place, and what they follow from."""
    device = next(d for d in document["devices"] if d["name"] == document["rooflines"][0]["device"])
    return {r["precision"]: {**r, "sparse": device["peaks"].get(r["precision"], {}).get("tensor_sparse")}
            for r in document["rooflines"] if r["fallback"] is None or r["precision"] == "int4"}


def predicted(kind, roofline, place, m, n, k):
    """The document's time of a product; for 2:4, by the rule of its pruning section, whether it gains or not.
    And what it cannot go below: without the launch, and near, without reading its input or waiting for stores."""
    activation, weight = WIDTHS[kind]
    peak = roofline["sparse"] if kind.endswith("2:4") else roofline["peak_tensor"]
    compute, bandwidth = 2 * m * n * k / peak, roofline["bandwidth"]
    cold = max(compute, (m * (n + k) * activation + n * k * weight) / bandwidth)
    near = max(compute, n * k * weight / bandwidth)
    seconds = cold + roofline["launch_seconds"] if kind.endswith("2:4") else roofline["node_seconds"][place]
    return {"predicted": seconds, "floor_cold": cold, "floor_near": near, "bound": "c" if compute >= cold else "m"}


def rows_of(document, done):
    """One row a product: what is predicted and measured of each kind. Equal products are measured once."""
    rooflines = predictions(document)
    for place, m, n, k in products(document):
        row = {"m": m, "n": n, "k": k, "node": document["nodes"][place]["name"], "kinds": {}}
        for kind in WIDTHS:
            roofline = rooflines.get(kind.split()[0])
            if roofline is None or (kind.endswith("2:4") and not roofline["sparse"]) or m > MOST_ROWS.get(kind, m):
                continue
            expected = predicted(kind, roofline, place, m, n, k)
            key = (kind, m, n, k)
            if key not in done:
                try:
                    done[key] = measure(kind, m, n, k, expected["predicted"])
                except Exception as cause:  # no such kernel for the shape, or not in this build
                    done[key] = {"cause": str(cause).splitlines()[0][:100]}
                    torch.cuda.synchronize()
            row["kinds"][kind] = {**expected, **done[key]}
        if ("conversion", m * k) not in done:
            done["conversion", m * k] = conversion(m * k)
        bytes_per_second = rooflines["fp16"]["bandwidth"]
        row["conversion"] = {"predicted": 3 * m * k / bytes_per_second + rooflines["fp16"]["launch_seconds"],
                             **done["conversion", m * k]}
        yield row


def quantiles(values):
    values = sorted(values)
    return " ".join(f"{values[(len(values) - 1) * tenth // 10]:5.2f}" for tenth in (1, 5, 9))


def tell(kind, rows):
    """How much of a kind's predicted gain is measured, by the predicted time of what it is compared with."""
    base = "int8" if kind == "int8 2:4" else "fp16"
    pairs = [(row["kinds"][base], row["kinds"][kind]) for row in rows
             if all("cold" in row["kinds"].get(one, {}) for one in (base, kind))]
    print(f"{kind}: {len(pairs)} products; gains over {base}: predicted; cold; near (tenth, half, nine tenths)")
    for least, most in zip(SHORT, SHORT[1:]):
        for bounds, name in (("mc", "all"), ("m", "memory"), ("c", "arithmetic")):
            of = [(a, b) for a, b in pairs if least <= a["predicted"] < most and a["bound"] in bounds]
            if not of:
                continue
            hoped, cold, near = (quantiles([a[way] / b[way] for a, b in of]) for way in ("predicted", "cold", "near"))
            slower = sum(a["cold"] < b["cold"] for a, b in of)
            saved, promised = (sum(a[way] - b[way] for a, b in of) * 1e6 for way in ("cold", "predicted"))
            print(f"  from {least * 1e6:3.0f} us, {name:10} {len(of):4}  {hoped}; {cold}; {near}; {slower:3} slower; "
                  f"saved {saved:7.1f} us of {promised:7.1f}; "
                  f"measured over predicted {quantiles([b['cold'] / b['predicted'] for a, b in of])}")


def tell_conversions(rows):
    times = list({row["m"] * row["k"]: row["conversion"] for row in rows}.values())
    print(f"converting FP16 to INT8: {len(times)} sizes; measured over predicted: cold; near (as above)")
    for least, most in zip(SHORT, SHORT[1:]):
        of = [t for t in times if least <= t["predicted"] < most]
        if of:
            cold, near = (quantiles([t[way] / t["predicted"] for t in of]) for way in ("cold", "near"))
            print(f"  from {least * 1e6:3.0f} us {len(of):4}  {cold}; {near}")


def summarize(documents):
    """Every size once, whatever the number of layers and documents that have it."""
    rows = list({(row["m"], row["n"], row["k"]): row for rows in documents.values() for row in rows}.values())
    for kind in list(WIDTHS)[1:]:
        tell(kind, rows)
    tell_conversions(rows)
    for row in rows:
        for kind, of in row["kinds"].items():
            what = f"{kind} {row['m']} x {row['n']} x {row['k']}"
            for way in ("cold", "near"):
                if way in of and of[way] < of["floor_" + way]:
                    print(f"  below its floor: {what} {way} {of[way] * 1e6:.2f} us")
            if "cause" in of:
                print(f"  not run: {what}: {of['cause']}")


def main(arguments):
    global cublas, cusparse
    out = arguments[1] if arguments[:1] == ["-o"] else None
    rows, done = {}, {}
    for path in arguments[2 if out else 0:]:
        document = json.load(open(path))
        if "rooflines" not in document:
            rows.update(document)
            continue
        cublas, cusparse = Cublas(), Cusparse()
        rows[path] = list(rows_of(document, done))
        print(path, len(rows[path]), file=sys.stderr, flush=True)
        if out:
            json.dump(rows, open(out, "w"))
    summarize(rows)


if __name__ == "__main__":
    main(sys.argv[1:])
