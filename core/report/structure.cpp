// Every tensor gets a 128-bit label made from its producer's operator, attributes and input labels;
// the sorted labels of all nodes, and those of the outputs in order, go through SHA-256. A label is
// no cryptographic digest: it has to tell apart what models contain, not to resist an attacker.
#include "report/structure.hpp"

#include "base/sha256.hpp"
#include "base/sorting.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <unordered_map>
#include <vector>

namespace trtreport {
namespace {

using Label = std::array<uint64_t, 2>;

// Two multiply-xorshift lanes with different odd constants (of splitmix64 and xxHash).
class Mixer {
 public:
  explicit Mixer(uint64_t kind) { add(kind); }
  void add(uint64_t word) {
    low_ = step(low_ ^ word, 0xbf58476d1ce4e5b9ull);
    high_ = step(high_ + word, 0xc2b2ae3d27d4eb4full);
  }
  void add(const Label& label) { add(label[0]), add(label[1]); }
  void add(std::string_view text) {
    add(uint64_t{text.size()});
    uint64_t word = 0;
    int filled = 0;
    for (const char c : text) {
      word = word << 8 | static_cast<unsigned char>(c);
      if (++filled == 8) add(word), word = 0, filled = 0;
    }
    if (filled > 0) add(word);
  }
  Label label() const { return {low_, high_}; }

 private:
  static uint64_t step(uint64_t word, uint64_t factor) {
    word *= factor;
    return word ^ (word >> 29);
  }
  uint64_t low_ = 0x9e3779b97f4a7c15ull, high_ = 0x165667b19e3779f9ull;
};

enum Kind : uint64_t {
  kInput = 1,
  kWeight,
  kSparse,
  kNode,
  kOutput,
  kBody,
  kAttribute,
  kOmitted,
  kUnknown
};

uint64_t bits_of(double number) {
  uint64_t bits = 0;
  static_assert(sizeof bits == sizeof number);
  std::memcpy(&bits, &number, sizeof bits);
  return bits;
}

class Structure {
 public:
  explicit Structure(const Graph& graph)
      : graph_(graph), labels_(graph.tensors.size()), known_(graph.tensors.size()) {}

  std::string digest() {
    label_body(kMainBody);
    sort_items(nodes_);
    Sha256 hash;
    for (const Label& label : nodes_) feed(hash, label);
    for (const TensorId output : graph_.bodies[kMainBody].outputs) feed(hash, label_of(output));
    return hash.finish();
  }

 private:
  // Byte by byte, so that the digest does not depend on the machine's byte order.
  static void feed(Sha256& hash, const Label& label) {
    std::array<char, 16> bytes;
    for (size_t index = 0; index < bytes.size(); ++index) {
      bytes[index] = static_cast<char>(label[index / 8] >> (56 - 8 * (index % 8)));
    }
    hash.update({bytes.data(), bytes.size()});
  }

  // A dim's name is a name: only which dims share it counts.
  uint64_t symbol(StringId id) {
    return symbols_.emplace(static_cast<uint32_t>(id), symbols_.size()).first->second;
  }

  void add_declared(Mixer& mixer, const onnx::TypeProto& type) {
    mixer.add(static_cast<uint64_t>(type.kind) << 8 | static_cast<uint64_t>(type.dtype));
    mixer.add(type.has_shape ? uint64_t{type.dims.size()} + 1 : uint64_t{0});
    for (const onnx::DimProto& dim : type.dims) {
      mixer.add(dim.value >= 0 ? 1u : 0u);
      mixer.add(dim.value >= 0                 ? static_cast<uint64_t>(dim.value)
                : dim.param != StringId::Empty ? symbol(dim.param) + 1
                                               : 0);
    }
  }

  static void add_data(Mixer& mixer, DType dtype, std::span<const int64_t> dims) {
    mixer.add(static_cast<uint64_t>(dtype));
    mixer.add(uint64_t{dims.size()});
    for (const int64_t dim : dims) mixer.add(static_cast<uint64_t>(dim));
  }

  Label make_leaf(const Tensor& tensor, uint64_t position) {
    Mixer mixer(tensor.kind == TensorKind::Weight  ? kWeight
                : tensor.kind == TensorKind::Input ? kInput
                                                   : kUnknown);
    if (tensor.kind == TensorKind::Weight) {
      mixer.add(uint64_t{tensor.uses});  // one weight used twice is not two weights
    } else {
      mixer.add(position);
    }
    if (tensor.data != nullptr) {
      add_data(mixer, tensor.data->dtype, tensor.data->dims);
    } else if (tensor.sparse != nullptr) {
      mixer.add(kSparse);
      add_data(mixer, tensor.sparse->values.dtype, tensor.sparse->dims);
    } else if (tensor.declared != nullptr) {
      add_declared(mixer, *tensor.declared);
    }
    return mixer.label();
  }

  void set(TensorId id, const Label& label) {
    if (id == kNoTensor) return;
    labels_[id] = label;
    known_[id] = true;
  }

  Label label_of(TensorId id) {
    if (id == kNoTensor) return Mixer(kOmitted).label();
    if (!known_[id]) set(id, make_leaf(graph_.tensors[id], 0));
    return labels_[id];
  }

  Label label_body(BodyId id) {
    const Body& body = graph_.bodies[id];
    for (size_t index = 0; index < body.inputs.size(); ++index) {
      if (body.inputs[index] != kNoTensor) {
        set(body.inputs[index], make_leaf(graph_.tensors[body.inputs[index]], index));
      }
    }
    for (const NodeId node : body.nodes) label_node(graph_.nodes[node]);
    Mixer mixer(kBody);
    for (const TensorId output : body.outputs) mixer.add(label_of(output));
    return mixer.label();
  }

  void label_node(const Node& node) {
    const onnx::Node& proto = *node.proto;
    Mixer mixer(kNode);
    mixer.add(graph_.text(proto.domain));
    mixer.add(graph_.text(proto.op));
    add_attributes(mixer, proto.attributes, graph_.text(proto.op) == "Constant");
    mixer.add(uint64_t{node.inputs.size()});
    for (const TensorId input : node.inputs) mixer.add(label_of(input));
    for (size_t index = 0; index < node.bodies.size(); ++index) {
      mixer.add(graph_.text(node.body_attributes[index]));
      mixer.add(label_body(node.bodies[index]));
    }
    mixer.add(uint64_t{node.outputs.size()});
    nodes_.push_back(mixer.label());
    for (size_t index = 0; index < node.outputs.size(); ++index) {
      const TensorId output = node.outputs[index];
      if (output == kNoTensor) continue;
      Mixer labelled(kOutput);
      labelled.add(mixer.label());
      labelled.add(uint64_t{index});
      labelled.add(uint64_t{graph_.tensors[output].uses});
      set(output, labelled.label());
    }
  }

  // In order of names, as files list them in any order. A Constant's contents are values, not
  // structure.
  void add_attributes(Mixer& mixer, std::span<const onnx::Attribute> attributes, bool is_constant) {
    if (attributes.empty()) return;
    std::vector<const onnx::Attribute*> sorted;
    for (const onnx::Attribute& attribute : attributes) sorted.push_back(&attribute);
    sort_items(sorted, [&](const onnx::Attribute* a, const onnx::Attribute* b) {
      return graph_.text(a->name) < graph_.text(b->name);
    });
    for (const onnx::Attribute* attribute : sorted) {
      mixer.add(kAttribute);
      mixer.add(graph_.text(attribute->name));
      mixer.add(static_cast<uint64_t>(attribute->type));
      add_contents(mixer, *attribute, is_constant);
    }
  }

  void add_contents(Mixer& mixer, const onnx::Attribute& attribute, bool is_constant) {
    mixer.add(uint64_t{attribute.ints.size()} << 40 ^ uint64_t{attribute.floats.size()} << 20 ^
              uint64_t{attribute.strings.size()});
    if (attribute.tensor != nullptr)
      add_data(mixer, attribute.tensor->dtype, attribute.tensor->dims);
    if (attribute.sparse != nullptr)
      add_data(mixer, attribute.sparse->values.dtype, attribute.sparse->dims);
    if (attribute.type_proto != nullptr) add_declared(mixer, *attribute.type_proto);
    if (is_constant) return;
    mixer.add(static_cast<uint64_t>(attribute.i));
    mixer.add(bits_of(static_cast<double>(attribute.f)));
    mixer.add(graph_.text(attribute.s));
    for (const int64_t number : attribute.ints) mixer.add(static_cast<uint64_t>(number));
    for (const float number : attribute.floats) mixer.add(bits_of(static_cast<double>(number)));
    for (const StringId text : attribute.strings) mixer.add(graph_.text(text));
  }

  const Graph& graph_;
  std::vector<Label> labels_;  // by tensor
  std::vector<bool> known_;
  std::vector<Label> nodes_;
  std::unordered_map<uint32_t, uint64_t> symbols_;
};

}  // namespace

std::string structure_sha256(const Graph& graph) { return Structure(graph).digest(); }

}  // namespace trtreport
