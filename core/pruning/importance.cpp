// Sums along the axes of each weight, then means over the weights of each channel.
#include "pruning/importance.hpp"

#include "onnx/weights.hpp"

#include <algorithm>
#include <iterator>
#include <limits>

namespace trtreport::pruning {
namespace {

constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();
constexpr std::string_view kNames[] = {"uniform", "l1", "l2", "bn", "random"};

// SplitMix64 (Steele, Lea, Flood, OOPSLA 2014).
double random_of(uint64_t seed) {
  uint64_t z = (seed + 1) * 0x9e3779b97f4a7c15ull;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
  return static_cast<double>((z ^ (z >> 31)) >> 11) * 0x1p-53;
}

// What a vector is to the node that uses it: the scale of a normalization counts, a bias does not.
enum class Role : uint8_t { None, Scale, BatchNormScale, Other };

std::vector<Role> roles_of(const Graph& graph) {
  std::vector<Role> roles(graph.tensors.size(), Role::None);
  for (const NodeId id : graph.bodies[kMainBody].nodes) {
    const Node& node = graph.nodes[id];
    const std::string_view op = graph.text(node.proto->op);
    for (size_t input = 0; input < node.inputs.size(); ++input) {
      if (node.inputs[input] == kNoTensor) continue;
      Role& role = roles[node.inputs[input]];
      if (role != Role::None) continue;
      const bool scale = input == 1 && op.find("Normalization") != std::string_view::npos;
      role = !scale ? Role::Other : op == "BatchNormalization" ? Role::BatchNormScale : Role::Scale;
    }
  }
  return roles;
}

bool counts(const Tensor& tensor, Role role, Criterion criterion) {
  if (criterion == Criterion::BatchNorm) return role == Role::BatchNormScale;
  if (!is_float(tensor.data->dtype)) return false;  // values without their scale
  return tensor.data->dims.size() > 1 || role == Role::Scale || role == Role::BatchNormScale;
}

// Uses of a stored tensor by class, so that each weight is read once.
struct Use {
  TensorId tensor;
  ClassId id;
  int axis;
  uint32_t index;
};

// Sums of |w|^p over each index of those axes of one weight that are used.
class AxisSums {
 public:
  AxisSums(std::span<const int64_t> dims, std::span<const Use> uses) : axes_(dims.size()) {
    uint64_t inner = 1;
    for (size_t axis = dims.size(); axis-- > 0;) {
      axes_[axis].inner = inner;
      axes_[axis].length = static_cast<uint64_t>(dims[axis]);
      inner *= axes_[axis].length;
    }
    for (const Use& use : uses) {
      Axis& axis = axes_[static_cast<size_t>(use.axis)];
      axis.sums.resize(static_cast<size_t>(axis.length), 0);
    }
  }

  void add(uint64_t first, std::span<const float> values, bool squared) {
    for (Axis& axis : axes_) {
      if (axis.sums.empty()) continue;
      uint64_t at = first;
      for (size_t i = 0; i < values.size();) {
        const uint64_t left = axis.inner - at % axis.inner;
        const size_t end = static_cast<size_t>(std::min<uint64_t>(values.size(), i + left));
        double sum = 0;
        for (size_t j = i; j < end; ++j) {
          const double value = static_cast<double>(values[j]);
          sum += squared ? value * value : (value < 0 ? -value : value);
        }
        axis.sums[static_cast<size_t>(at / axis.inner % axis.length)] += sum;
        at += end - i;
        i = end;
      }
    }
  }

  double at(const Use& use) const { return axes_[static_cast<size_t>(use.axis)].sums[use.index]; }

 private:
  struct Axis {
    uint64_t inner = 1, length = 0;
    std::vector<double> sums;
  };
  std::vector<Axis> axes_;
};

tl::expected<AxisSums, Error> sum_up(const Graph& graph, ByteSource& source,
                                     std::span<const Use> uses, bool squared) {
  const onnx::TensorData& data = *graph.tensors[uses.front().tensor].data;
  auto reader = onnx::WeightReader::open(graph.model(), source, data);
  if (!reader) return tl::unexpected(reader.error());
  AxisSums sums(data.dims, uses);
  std::vector<float> values(
      static_cast<size_t>(std::min<uint64_t>(reader->elements(), onnx::kWeightChunk)));
  for (uint64_t first = 0; first < reader->elements(); first += values.size()) {
    const auto count =
        static_cast<size_t>(std::min<uint64_t>(values.size(), reader->elements() - first));
    const std::span<float> chunk(values.data(), count);
    if (auto read = reader->read(first, chunk); !read) return tl::unexpected(read.error());
    sums.add(first, chunk, squared);
  }
  return sums;
}

}  // namespace

std::string_view name(Criterion criterion) { return kNames[static_cast<size_t>(criterion)]; }

std::optional<Criterion> criterion_from_name(std::string_view name) {
  const auto found = std::find(std::begin(kNames), std::end(kNames), name);
  if (found == std::end(kNames)) return std::nullopt;
  return static_cast<Criterion>(found - std::begin(kNames));
}

Importance measure_importance(const ChannelGroups& groups, Criterion criterion,
                              ByteSource& source) {
  Importance importance;
  if (criterion == Criterion::Uniform) return importance;
  const Graph& graph = groups.coupling().graph();
  std::vector<double>& of_class = importance.of_class;
  of_class.assign(groups.classes(), 0);
  if (criterion == Criterion::Random) {
    for (ClassId id = 0; id < of_class.size(); ++id) of_class[id] = random_of(id);
    return importance;
  }
  const std::vector<Role> roles = roles_of(graph);
  std::vector<Use> uses;
  for (ClassId id = 0; id < groups.classes(); ++id) {
    if (groups.groups()[groups.group_of(id)].frozen) continue;
    for (const Slice& slice : groups.slices(id)) {
      if (counts(graph.tensors[slice.tensor], roles[slice.tensor], criterion))
        uses.push_back({slice.tensor, id, slice.axis, slice.index});
    }
  }
  std::stable_sort(uses.begin(), uses.end(),
                   [](const Use& a, const Use& b) { return a.tensor < b.tensor; });
  std::vector<uint32_t> terms(of_class.size(), 0);
  for (size_t at = 0, end = 0; at < uses.size(); at = end) {
    while (end < uses.size() && uses[end].tensor == uses[at].tensor) ++end;
    const std::span<const Use> own = std::span(uses).subspan(at, end - at);
    const auto sums = sum_up(graph, source, own, criterion == Criterion::L2);
    if (!sums) {
      if (importance.unread++ == 0) importance.cause = sums.error().message;
      continue;
    }
    for (const Use& use : own) {
      of_class[use.id] += sums->at(use);
      ++terms[use.id];
    }
  }
  for (ClassId id = 0; id < of_class.size(); ++id)
    of_class[id] = terms[id] == 0 ? kUnknown : of_class[id] / terms[id];
  if (criterion == Criterion::BatchNorm) return importance;
  for (const ChannelGroup& group : groups.groups()) {
    double mean = 0;
    for (uint32_t k = 0; k < group.channels; ++k) mean += of_class[group.first + k];
    mean /= group.channels;
    for (uint32_t k = 0; k < group.channels && mean > 0; ++k) of_class[group.first + k] /= mean;
  }
  return importance;
}

}  // namespace trtreport::pruning
