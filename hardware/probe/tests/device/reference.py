# What PyTorch reaches on the same GPU: products of 8192 x 8192 matrices of random numbers, a copy, a
# sum and a fill of a gigabyte. Lines of "row value", in FLOP/s and B/s, for compare.py.
try:
    import torch
except ImportError:
    raise SystemExit("no PyTorch here: the probe's own cuBLASLt rows are the reference")

N = 8192
ROWS = [("tensor_fp64", torch.float64), ("vector_fp32", torch.float32), ("tensor_tf32", torch.float32),
        ("tensor_fp16_f32", torch.float16), ("tensor_bf16", torch.bfloat16)]


def seconds(work, repetitions):
    for _ in range(3):
        work()
    torch.cuda.synchronize()
    times = []
    for _ in range(repetitions):
        begin, end = torch.cuda.Event(True), torch.cuda.Event(True)
        begin.record()
        work()
        end.record()
        end.synchronize()
        times.append(begin.elapsed_time(end) * 1e-3)
    times.sort()
    return times[len(times) // 2]


def product(row, make):
    try:
        a, b = make()
    except Exception as error:  # a build without the type
        print("#", row, error)
        return
    work = a(b) if callable(a) else (lambda: torch.matmul(a, b))
    print(row, 2 * N**3 / seconds(work, 30), flush=True)


gigabyte = torch.randn(1 << 28, device="cuda")
target = torch.empty_like(gigabyte)
size = gigabyte.numel() * 4
print("dram_copy", 2 * size / seconds(lambda: target.copy_(gigabyte), 30))
print("dram_read", size / seconds(lambda: gigabyte.sum(), 30))
print("dram_write", size / seconds(lambda: target.fill_(1.5), 30))
del gigabyte, target
for row, dtype in ROWS:
    torch.backends.cuda.matmul.allow_tf32 = row == "tensor_tf32"
    product(row, lambda: (torch.randn(N, N, device="cuda", dtype=dtype),
                          torch.randn(N, N, device="cuda", dtype=dtype)))


def fp8():
    a = torch.randn(N, N, device="cuda").to(torch.float8_e4m3fn)
    b = torch.randn(N, N, device="cuda").to(torch.float8_e4m3fn).t()
    one = torch.ones((), device="cuda")
    return lambda _: lambda: torch._scaled_mm(a, b, one, one, out_dtype=torch.bfloat16), None


def int8():
    a = torch.randint(-128, 128, (N, N), device="cuda", dtype=torch.int8)
    b = torch.randint(-128, 128, (N, N), device="cuda", dtype=torch.int8).t()
    return lambda _: lambda: torch._int_mm(a, b), None


def sparse():
    from torch.sparse import to_sparse_semi_structured
    a = torch.randn(N, N, device="cuda", dtype=torch.float16)
    mask = torch.tensor([1, 1, 0, 0], device="cuda", dtype=torch.bool).tile(N, N // 4)
    a = to_sparse_semi_structured(a.masked_fill(~mask, 0))
    b = torch.randn(N, N, device="cuda", dtype=torch.float16)
    return lambda _: lambda: torch.mm(a, b), None


product("tensor_fp8_e4m3_f32", fp8)
product("tensor_int8", int8)
product("tensor_fp16_f32_sparse", sparse)
