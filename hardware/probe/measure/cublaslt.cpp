// Square products C = A^T B of random matrices; the library is asked for several algorithms and
// each is timed, since its first proposal is not always the fastest.
#include "measure/cublaslt.hpp"

#if __has_include(<cublasLt.h>)
#include "base/random.hpp"
#include "base/theory.hpp"
#include "driver/library.hpp"

#include <algorithm>
#include <cmath>

#include <cublasLt.h>

namespace trtprobe {
namespace {

struct Product {
  const char* row;
  cudaDataType_t a, b, c;
  cublasComputeType_t compute;
  cudaDataType_t scale;
  Operands operands;
  bool transposed;  // the layout of tensor-core types
};

constexpr Product kProducts[] = {
    {"vector_fp32", CUDA_R_32F, CUDA_R_32F, CUDA_R_32F, CUBLAS_COMPUTE_32F, CUDA_R_32F,
     Operands::kFp32, false},
    {"tensor_fp64", CUDA_R_64F, CUDA_R_64F, CUDA_R_64F, CUBLAS_COMPUTE_64F, CUDA_R_64F,
     Operands::kFp64, false},
    {"tensor_tf32", CUDA_R_32F, CUDA_R_32F, CUDA_R_32F, CUBLAS_COMPUTE_32F_FAST_TF32, CUDA_R_32F,
     Operands::kFp32, true},
    {"tensor_fp16_f32", CUDA_R_16F, CUDA_R_16F, CUDA_R_16F, CUBLAS_COMPUTE_32F, CUDA_R_32F,
     Operands::kFp16, true},
    {"tensor_fp16_f16", CUDA_R_16F, CUDA_R_16F, CUDA_R_16F, CUBLAS_COMPUTE_16F, CUDA_R_16F,
     Operands::kFp16, true},
    {"tensor_bf16", CUDA_R_16BF, CUDA_R_16BF, CUDA_R_16BF, CUBLAS_COMPUTE_32F, CUDA_R_32F,
     Operands::kBf16, true},
    {"tensor_int8", CUDA_R_8I, CUDA_R_8I, CUDA_R_32I, CUBLAS_COMPUTE_32I, CUDA_R_32I,
     Operands::kInt8, true},
#if CUBLAS_VERSION >= 120000 || CUDART_VERSION >= 11080
    {"tensor_fp8_e4m3_f32", CUDA_R_8F_E4M3, CUDA_R_8F_E4M3, CUDA_R_16BF, CUBLAS_COMPUTE_32F,
     CUDA_R_32F, Operands::kE4m3, true},
    {"tensor_fp8_e5m2_f32", CUDA_R_8F_E5M2, CUDA_R_8F_E4M3, CUDA_R_16BF, CUBLAS_COMPUTE_32F,
     CUDA_R_32F, Operands::kE5m2, true},
#endif
};

constexpr std::size_t kWorkspaceBytes = std::size_t{64} << 20U;
constexpr int kAlgorithms = 8;

std::size_t bytes_of(cudaDataType_t type) {
  if (type == CUDA_R_64F) return 8;
  if (type == CUDA_R_32F || type == CUDA_R_32I) return 4;
  return type == CUDA_R_16F || type == CUDA_R_16BF ? 2 : 1;
}

// 8192 where that takes at most a fifth of a second, half as often as need be where it does not.
std::uint64_t dimension(const Product& product, const DeviceInfo& device) {
  const double rate = theory(product.row, device, device.clock_mhz.value_or(1000)).value_or(1e13);
  std::uint64_t n = 8192;
  while (n > 1024 && 2.0 * std::pow(static_cast<double>(n), 3) / rate > 0.2) n /= 2;
  return n;
}

struct Buffer {
  void* data = nullptr;
  Buffer() = default;
  Buffer(const Buffer&) = delete;
  Buffer& operator=(const Buffer&) = delete;
  ~Buffer() {
    if (data != nullptr) cudaFree(data);
  }

  // Random words, repeated at a period that no row of a matrix has.
  cudaError_t fill(std::size_t bytes, Operands kind, std::uint64_t seed) {
    cudaError_t error = cudaMalloc(&data, bytes);
    if (error != cudaSuccess) return error;
    const std::vector<std::uint32_t> words = random_operands(kind, 2 * 131101, seed);
    auto* to = static_cast<char*>(data);
    std::size_t filled = std::min(bytes, words.size() * 4);
    error = cudaMemcpy(to, words.data(), filled, cudaMemcpyHostToDevice);
    while (error == cudaSuccess && filled < bytes) {
      const std::size_t more = std::min(filled, bytes - filled);
      error = cudaMemcpy(to + filled, to, more, cudaMemcpyDeviceToDevice);
      filled += more;
    }
    return error;
  }
};

}  // namespace

// The functions of the library, and the descriptors of one product.
struct Products::Library {
  trtprobe::Library file{"libcublasLt.so." TRTPROBE_CUDA_MAJOR, "libcublasLt.so.13",
                         "libcublasLt.so.12", "libcublasLt.so.11", "libcublasLt.so"};
  decltype(cublasLtCreate)* create = nullptr;
  decltype(cublasLtDestroy)* destroy = nullptr;
  decltype(cublasLtMatmulDescCreate)* description_create = nullptr;
  decltype(cublasLtMatmulDescDestroy)* description_destroy = nullptr;
  decltype(cublasLtMatmulDescSetAttribute)* description_set = nullptr;
  decltype(cublasLtMatrixLayoutCreate)* layout_create = nullptr;
  decltype(cublasLtMatrixLayoutDestroy)* layout_destroy = nullptr;
  decltype(cublasLtMatmulPreferenceCreate)* preference_create = nullptr;
  decltype(cublasLtMatmulPreferenceDestroy)* preference_destroy = nullptr;
  decltype(cublasLtMatmulPreferenceSetAttribute)* preference_set = nullptr;
  decltype(cublasLtMatmulAlgoGetHeuristic)* heuristic = nullptr;
  decltype(cublasLtMatmul)* matmul = nullptr;

  Library() {
    file.find(create, "cublasLtCreate");
    file.find(destroy, "cublasLtDestroy");
    file.find(description_create, "cublasLtMatmulDescCreate");
    file.find(description_destroy, "cublasLtMatmulDescDestroy");
    file.find(description_set, "cublasLtMatmulDescSetAttribute");
    file.find(layout_create, "cublasLtMatrixLayoutCreate");
    file.find(layout_destroy, "cublasLtMatrixLayoutDestroy");
    file.find(preference_create, "cublasLtMatmulPreferenceCreate");
    file.find(preference_destroy, "cublasLtMatmulPreferenceDestroy");
    file.find(preference_set, "cublasLtMatmulPreferenceSetAttribute");
    file.find(heuristic, "cublasLtMatmulAlgoGetHeuristic");
    file.find(matmul, "cublasLtMatmul");
  }

  bool usable() const {
    return create != nullptr && destroy != nullptr && description_create != nullptr &&
           description_destroy != nullptr && description_set != nullptr &&
           layout_create != nullptr && layout_destroy != nullptr && preference_create != nullptr &&
           preference_destroy != nullptr && preference_set != nullptr && heuristic != nullptr &&
           matmul != nullptr;
  }
};

namespace {

struct Scalars {
  double one64 = 1, zero64 = 0;
  float one32 = 1, zero32 = 0;
  std::int32_t one_int = 1, zero_int = 0;
  std::uint16_t one16 = 0x3C00, zero16 = 0;

  const void* one(cudaDataType_t type) const {
    if (type == CUDA_R_64F) return &one64;
    if (type == CUDA_R_32I) return &one_int;
    return type == CUDA_R_16F ? static_cast<const void*>(&one16) : &one32;
  }
  const void* zero(cudaDataType_t type) const {
    if (type == CUDA_R_64F) return &zero64;
    if (type == CUDA_R_32I) return &zero_int;
    return type == CUDA_R_16F ? static_cast<const void*>(&zero16) : &zero32;
  }
};

const Scalars kScalars;

}  // namespace

Products::Products() : library_(new Library) {
  if (!library_->usable()) {
    missing_ = "libcublasLt is not there";
    return;
  }
  cublasLtHandle_t handle = nullptr;
  if (library_->create(&handle) != CUBLAS_STATUS_SUCCESS) {
    missing_ = "libcublasLt does not start";
    return;
  }
  handle_ = handle;
  if (cudaMalloc(&workspace_, kWorkspaceBytes) != cudaSuccess) {
    static_cast<void>(cudaGetLastError());
    missing_ = "no memory for the workspace of cuBLASLt";
  }
}

Products::~Products() {
  if (workspace_ != nullptr) cudaFree(workspace_);
  if (handle_ != nullptr) library_->destroy(static_cast<cublasLtHandle_t>(handle_));
  delete library_;
}

namespace {

// The three matrices of a product.
struct Matrices {
  Buffer a;
  Buffer b;
  Buffer c;

  cudaError_t fill(const Product& product, std::uint64_t n) {
    const bool mixed = product.a != product.b;
    const Operands right = mixed ? Operands::kE4m3 : product.operands;
    cudaError_t error = a.fill(n * n * bytes_of(product.a), product.operands, 2);
    if (error == cudaSuccess) error = b.fill(n * n * bytes_of(product.b), right, 3);
    if (error == cudaSuccess) error = cudaMalloc(&c.data, n * n * bytes_of(product.c));
    return error;
  }
};

}  // namespace

// What the library wants to know of a product, and the algorithms that it proposes.
struct Products::Plan {
  const Library& lt;
  cublasLtMatmulDesc_t description = nullptr;
  cublasLtMatrixLayout_t a = nullptr;
  cublasLtMatrixLayout_t b = nullptr;
  cublasLtMatrixLayout_t c = nullptr;
  cublasLtMatmulPreference_t preference = nullptr;

  Plan(const Library& library, const Product& product, std::uint64_t n) : lt(library) {
    const auto rows = static_cast<std::int64_t>(n);
    lt.description_create(&description, product.compute, product.scale);
    lt.layout_create(&a, product.a, n, n, rows);
    lt.layout_create(&b, product.b, n, n, rows);
    lt.layout_create(&c, product.c, n, n, rows);
    lt.preference_create(&preference);
    if (product.transposed) {
      const cublasOperation_t transpose = CUBLAS_OP_T;
      lt.description_set(description, CUBLASLT_MATMUL_DESC_TRANSA, &transpose, sizeof transpose);
    }
    lt.preference_set(preference, CUBLASLT_MATMUL_PREF_MAX_WORKSPACE_BYTES, &kWorkspaceBytes,
                      sizeof kWorkspaceBytes);
  }
  Plan(const Plan&) = delete;
  Plan& operator=(const Plan&) = delete;
  ~Plan() {
    if (preference != nullptr) lt.preference_destroy(preference);
    for (cublasLtMatrixLayout_t layout : {a, b, c}) {
      if (layout != nullptr) lt.layout_destroy(layout);
    }
    if (description != nullptr) lt.description_destroy(description);
  }

  std::vector<cublasLtMatmulAlgo_t> proposals(cublasLtHandle_t handle) const {
    cublasLtMatmulHeuristicResult_t found[kAlgorithms];
    int count = 0;
    const cublasStatus_t status =
        lt.heuristic(handle, description, a, b, c, c, preference, kAlgorithms, found, &count);
    std::vector<cublasLtMatmulAlgo_t> algorithms;
    for (int i = 0; status == CUBLAS_STATUS_SUCCESS && i < count; ++i) {
      algorithms.push_back(found[i].algo);
    }
    return algorithms;
  }
};

std::vector<Row> Products::measure(Bench& bench, const std::string& name) {
  const auto* found = std::find_if(std::begin(kProducts), std::end(kProducts),
                                   [&name](const Product& p) { return name == p.row; });
  if (found == std::end(kProducts) || interrupted || !bench.lost().empty()) return {};
  const Product& product = *found;
  if (!has_unit(name, bench.device()).value_or(true)) return {};
  Row row;
  row.name = name;
  row.unit = "FLOP/s";
  row.method = "cuBLASLt";
  row.reason = missing_;
  if (!missing_.empty()) return {row};

  const std::uint64_t n = dimension(product, bench.device());
  Matrices matrices;
  const cudaError_t error = matrices.fill(product, n);
  if (error != cudaSuccess) {
    bench.fail(row, error);
    return {row};
  }
  auto* handle = static_cast<cublasLtHandle_t>(handle_);
  const Plan plan(*library_, product, n);
  const auto side = static_cast<double>(n);
  std::vector<Work> works;
  for (const cublasLtMatmulAlgo_t& algorithm : plan.proposals(handle)) {
    const auto once = [&, algorithm](cudaStream_t stream) {
      return plan.lt.matmul(handle, plan.description, kScalars.one(product.scale), matrices.a.data,
                            plan.a, matrices.b.data, plan.b, kScalars.zero(product.scale),
                            matrices.c.data, plan.c, matrices.c.data, plan.c, &algorithm,
                            workspace_, kWorkspaceBytes, stream);
    };
    const std::string proposal = std::to_string(works.size() + 1);
    works.push_back({row.method, std::to_string(n) + " cubed, proposal " + proposal,
                     2 * side * side * side, [once](std::uint32_t turns, cudaStream_t stream) {
                       for (std::uint32_t turn = 0; turn < turns; ++turn) {
                         if (once(stream) != CUBLAS_STATUS_SUCCESS) return cudaErrorNotSupported;
                       }
                       return cudaSuccess;
                     }});
  }
  row.reason = "cuBLASLt has no such product for the chip";
  if (!works.empty()) row = bench.burst(row, works);
  return {row};
}

}  // namespace trtprobe

#else  // built without the library's header

namespace trtprobe {

Products::Products() : missing_("built without cublasLt.h") {}
Products::~Products() = default;
std::vector<Row> Products::measure(Bench&, const std::string&) { return {}; }

}  // namespace trtprobe

#endif
