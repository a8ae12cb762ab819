# How near the rooflines of an analysis document come to the GPU: runs the document's layers in PyTorch,
# each alone and all in one CUDA graph, as they stand and fused by torch.compile, on random weights of
# the same shapes. Prints predicted and measured times, and the layers that beat their roofline: those
# move less than is counted, as no kernel is faster than the device.
#   python3 layers.py DOCUMENT.json...        of trtreport MODEL --device X --precision fp16 --json
import json
import math
import sys

import torch
import torch.nn.functional as F

torch.backends.cudnn.benchmark = True
SHORT = [0, 2e-6, 5e-6, 10e-6, 20e-6, 50e-6, 100e-6, 1]
COLD = 256 << 20  # more than any L2: operands rotate through this much memory


def spatial(node):
    """Padding as PyTorch takes it, of (begin..., end...) that must be alike on both sides."""
    pads = node["attributes"].get("pads", [0, 0, 0, 0])
    half = len(pads) // 2
    if pads[:half] != pads[half:]:
        raise NotImplementedError("uneven pads")
    return pads[:half]


def conv(node, x, w, b=None):
    a = node["attributes"]
    return F.conv2d(x, w, b, a.get("strides", 1), spatial(node), a.get("dilations", 1), a.get("group", 1))


def gemm(node, a, b, c=None):
    at = node["attributes"]
    return F.linear(a.t() if at.get("transA") else a, b if at.get("transB") else b.t(), c)


def max_pool(node, x):
    a = node["attributes"]
    return F.max_pool2d(x, a["kernel_shape"], a.get("strides", 1), spatial(node), ceil_mode=bool(a.get("ceil_mode")))


def gather(node, x, i):
    axis = node["attributes"].get("axis", 0) % x.dim()
    if axis == 0 and i.dim() > 0:
        return F.embedding(i, x)
    return x.select(axis, 0) if i.dim() == 0 else x.index_select(axis, i.flatten())


def norm(node, x, w, b=None):
    return F.layer_norm(x, w.shape, w, b, node["attributes"].get("epsilon", 1e-5))


def power(node, x, e):
    return x * x * x  # GPT-2's gelu


OPS = {
    "Conv": conv, "Gemm": gemm, "MaxPool": max_pool, "Gather": gather, "LayerNormalization": norm, "Pow": power,
    "MatMul": lambda n, a, b: torch.matmul(a, b),
    "Add": lambda n, a, b: a + b, "Mul": lambda n, a, b: a * b, "Div": lambda n, a, b: a / b,
    "Relu": lambda n, x: F.relu(x), "Clip": lambda n, x, *_: F.relu6(x), "Erf": lambda n, x: torch.erf(x),
    "Tanh": lambda n, x: torch.tanh(x), "Sqrt": lambda n, x: torch.sqrt(x),
    "Softmax": lambda n, x: F.softmax(x, n["attributes"].get("axis", -1)),
    "GlobalAveragePool": lambda n, x: F.adaptive_avg_pool2d(x, 1),
    "Concat": lambda n, *x: torch.cat(x, n["attributes"]["axis"]),
    "Split": lambda n, x, *_: torch.chunk(x, len(n["outputs"]), n["attributes"].get("axis", 0)),
    "Transpose": lambda n, x: x.permute(n["attributes"]["perm"]).contiguous(),
}
CONVOLVED = {"Conv", "MaxPool", "GlobalAveragePool"}
VIEWS = {"Reshape", "Flatten", "Squeeze", "Unsqueeze", "Identity"}


class Model:
    def __init__(self, document):
        self.tensors = document["tensors"]
        self.nodes = [{"attributes": {}, **n} for n in document["nodes"] if "foldable" not in n.get("notes", [])]
        unknown = {n["op"] for n in self.nodes} - OPS.keys() - VIEWS
        if unknown:
            raise NotImplementedError(", ".join(sorted(unknown)))
        products = any(n["op"] == "MatMul" for n in self.nodes)
        convolved = [n for n in self.nodes if n["op"] in CONVOLVED or not products]
        self.convolved = {name for n in convolved for name in n["inputs"] + n["outputs"]}
        made = {name for n in self.nodes for name in n["outputs"]}
        self.given = {i: self.random(i) for n in self.nodes for i in n["inputs"] if i and i not in made}

    def random(self, name):
        t = self.tensors[name]
        if t["dtype"].startswith("int"):
            return torch.zeros(t["shape"], dtype=torch.int64, device="cuda")
        x = torch.randn(t["shape"], device="cuda") / math.sqrt(max(1, math.prod(t["shape"][1:])))
        x = x if t.get("kind") == "weight" else torch.randn(t["shape"], device="cuda")
        return self.laid_out(name, x.half())

    def laid_out(self, name, x):
        """Channels last around convolutions: cuDNN's own layout on tensor cores."""
        return x.contiguous(memory_format=torch.channels_last) if x.dim() == 4 and name in self.convolved else x

    def one(self, node, inputs):
        if node["op"] in VIEWS:
            return inputs[0].reshape(self.tensors[node["outputs"][0]]["shape"])
        return OPS[node["op"]](node, *inputs)

    def all(self, given):
        values, out = dict(given), None
        for node in self.nodes:
            out = self.one(node, [values[i] for i in node["inputs"] if i])
            values.update(zip(node["outputs"], out if isinstance(out, (tuple, list)) else [out]))
        return out


def graph_seconds(work, runs=1, repetitions=30):
    """Median seconds of one of the `runs` that `work` holds, without the host: a CUDA graph's replay."""
    stream = torch.cuda.Stream()
    with torch.cuda.stream(stream):
        for _ in range(3):
            work()
    torch.cuda.synchronize()
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        kept = work()
    times = []
    for _ in range(repetitions):
        begin, end = torch.cuda.Event(True), torch.cuda.Event(True)
        begin.record()
        graph.replay()
        end.record()
        end.synchronize()
        times.append(begin.elapsed_time(end) * 1e-3 / runs)
    del kept
    return sorted(times)[len(times) // 2]


def layer_seconds(model, node):
    # PyTorch adds a convolution's bias by a second kernel, which no engine does.
    names = node["inputs"][:2] if node["op"] == "Conv" else node["inputs"]
    inputs = [model.random(i) for i in names if i]
    size = sum(x.numel() * x.element_size() for x in inputs) + 1
    copies = max(2, min(200, COLD // size))
    rotating = [[x.clone() for x in inputs] for _ in range(copies)]
    return graph_seconds(lambda: [model.one(node, x) for x in rotating], copies, 10)


def layers(model, roofline):
    """(predicted, measured, name) of every layer that runs alone; one of several alike is measured."""
    rows, seen = [], {}
    for node in model.nodes:
        predicted = roofline["node_seconds"][node["id"]]
        if node["op"] in VIEWS or predicted == 0:
            continue
        key = (node["op"], str(node.get("attributes")), str([model.tensors[i]["shape"] for i in node["inputs"] if i]))
        if key not in seen:
            seen[key] = layer_seconds(model, node)
        rows.append((predicted, seen[key], node["op"], node["name"]))
    return rows


def report(path):
    document = json.load(open(path))
    roofline = next(r for r in document["rooflines"] if r["precision"] == "fp16")
    model = Model(document)
    node_seconds = dict(zip((n["id"] for n in document["nodes"]), roofline["node_seconds"]))
    roofline = {**roofline, "node_seconds": node_seconds}
    with torch.inference_mode():
        whole = graph_seconds(lambda: model.all(model.given))
        compiled = torch.compile(model.all, fullgraph=True)
        fused = graph_seconds(lambda: compiled(model.given))
        rows = layers(model, roofline)
    print(f"{path}: predicted {roofline['seconds'] * 1e3:.3f} ms (floor {roofline['seconds_floor'] * 1e3:.3f}), "
          f"measured {whole * 1e3:.3f}, fused by torch.compile {fused * 1e3:.3f}, "
          f"layers alone {sum(m for _, m, *_ in rows) * 1e3:.3f}")
    for op in sorted({r[2] for r in rows}):
        of = [(p, m) for p, m, o, _ in rows if o == op]
        ratios = sorted(m / p for p, m in of)
        print(f"  {op:20} {len(of):4} predicted {sum(p for p, _ in of) * 1e3:8.3f} ms measured {sum(m for _, m in of) * 1e3:8.3f} "
              f"ratio least {ratios[0]:.2f} median {ratios[len(ratios) // 2]:.2f} most {ratios[-1]:.2f}")
    for least, most in zip(SHORT, SHORT[1:]):
        ratios = sorted(m / p for p, m, *_ in rows if least <= p < most)
        if ratios:
            print(f"  predicted {least * 1e6:5.0f} us or more: {len(ratios):4} layers, ratio "
                  f"{', '.join(f'{ratios[len(ratios) * q // 100]:.2f}' for q in (10, 50, 90))} (tenth, half, nine tenths)")
    for p, m, op, name in rows:
        if m < p:
            print(f"  faster than its roofline: {op} {name} {p * 1e6:.2f} us predicted, {m * 1e6:.2f} measured")


if __name__ == "__main__":
    for path in sys.argv[1:]:
        try:
            report(path)
        except NotImplementedError as cause:
            print(f"{path}: not run: {cause}")
