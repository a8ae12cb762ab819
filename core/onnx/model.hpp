// The skeleton of an ONNX file: everything but the weight values, which stay in the file; their
// places are recorded. Names are interned ids, lists lie in the model's arena. Source: onnx.proto,
// IR versions 3 to 13.
#pragma once

#include "base/arena.hpp"
#include "base/byte_source.hpp"
#include "base/dtype.hpp"
#include "base/stable_list.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace trtreport::onnx {

struct Graph;

// A TensorProto without its elements.
struct TensorData {
  enum class Storage : uint8_t { Empty, Raw, Typed, External, Inline };

  StringId name = StringId::Empty;
  DType dtype = DType::Undefined;
  Storage storage = Storage::Empty;
  uint32_t external = 0;          // External: index into Model::external_files
  std::span<const int64_t> dims;  // as written; the reader refuses negative ones
  // Raw: the bytes of raw_data in the model file. External: the range in the external file (length:
  // the declared one, else what dims and dtype need). Typed: the whole TensorProto message in the
  // model file, to be parsed again for float_data, int32_data, … Inline: unused.
  uint64_t offset = 0;
  uint64_t length = 0;
  // Inline: elements of a Constant's value_int(s), value_float(s), value_string(s).
  std::span<const int64_t> ints;
  std::span<const double> floats;
};

struct SparseTensorData {
  TensorData values;              // its name is the tensor's name; dims [NNZ]
  TensorData indices;             // int64, [NNZ] or [NNZ, rank]
  std::span<const int64_t> dims;  // of the dense tensor
};

inline constexpr int64_t kNoSize = INT64_MIN;

struct DimProto {
  int64_t value = kNoSize;           // kNoSize: not given; the file may hold other negative numbers
  StringId param = StringId::Empty;  // dim_param
};

// For Sequence and Optional, dtype and dims are those of the tensor inside.
struct TypeProto {
  TypeKind kind = TypeKind::Unknown;
  DType dtype = DType::Undefined;
  bool has_shape = false;
  std::span<const DimProto> dims;
};

struct ValueInfo {
  StringId name = StringId::Empty;
  TypeProto type;
};

// Values are those of AttributeProto.AttributeType.
enum class AttributeType : uint8_t {
  Undefined = 0,
  Float = 1,
  Int = 2,
  String = 3,
  Tensor = 4,
  Graph = 5,
  Floats = 6,
  Ints = 7,
  Strings = 8,
  Tensors = 9,
  Graphs = 10,
  SparseTensor = 11,
  SparseTensors = 12,
  TypeProto = 13,
  TypeProtos = 14,
};

struct Attribute {
  StringId name = StringId::Empty;
  StringId reference = StringId::Empty;  // ref_attr_name: the function attribute it stands for
  AttributeType type = AttributeType::Undefined;
  bool cut = false;  // a list longer than kMostListElements was not kept
  float f = 0;
  int64_t i = 0;
  StringId s = StringId::Empty;  // strings longer than kMostStringBytes are cut there
  std::span<const int64_t> ints;
  std::span<const float> floats;
  std::span<const StringId> strings;
  // Tensor; Tensors: the first. For value_int, value_ints, value_float, value_floats, value_string
  // and value_strings (the forms of Constant): their elements as an Inline tensor, null where the
  // list was cut.
  const TensorData* tensor = nullptr;
  const SparseTensorData* sparse = nullptr;
  const TypeProto* type_proto = nullptr;
  std::span<Graph* const> graphs;  // Graph (one) and Graphs
};

inline constexpr uint64_t kMostListElements = 1u << 20;
inline constexpr uint64_t kMostStringBytes = 1u << 16;
inline constexpr int kMostNesting = 500;  // subgraph levels

struct Node {
  StringId name = StringId::Empty;
  StringId op = StringId::Empty;
  StringId domain = StringId::Empty;  // "ai.onnx" is stored as ""
  StringId overload = StringId::Empty;
  StringId scope = StringId::Empty;  // from metadata_props (pkg.torch.onnx.name_scopes, namespace,
                                     // …); may be empty
  std::span<const StringId> inputs;  // Empty: an omitted optional input
  std::span<const StringId> outputs;
  std::span<const Attribute> attributes;
};

struct Graph {
  StringId name = StringId::Empty;
  StableList<Node> nodes;
  StableList<TensorData> initializers;
  StableList<SparseTensorData> sparse_initializers;
  std::vector<ValueInfo> inputs;
  std::vector<ValueInfo> outputs;
  std::vector<ValueInfo> value_info;
};

struct Function {
  StringId name = StringId::Empty;
  StringId domain = StringId::Empty;
  StringId overload = StringId::Empty;
  std::span<const StringId> inputs;
  std::span<const StringId> outputs;
  std::span<const StringId> attributes;           // without defaults
  std::span<const Attribute> attribute_defaults;  // attribute_proto
  StableList<Node> nodes;
  std::vector<ValueInfo> value_info;
  std::vector<std::pair<StringId, int64_t>> opsets;
};

// The Inline tensor of an attribute called value_int, value_ints, value_float, value_floats,
// value_string or value_strings; null for every other. The reader fills Attribute::tensor with it;
// attributes that replace a reference inside a function need it anew.
const TensorData* inline_tensor(Arena& arena, std::string_view name, const Attribute& attribute);

// What is known of one external data file.
struct ExternalFile {
  StringId location = StringId::Empty;
  std::shared_ptr<ByteSource> source;  // null where absent or refused
  uint64_t declared_bytes = 0;         // largest offset + length that a tensor asks for
  uint64_t tensors = 0;
};

struct Model {
  StringTable strings;
  Arena arena;
  std::string file;  // base name
  uint64_t file_bytes = 0;
  int64_t ir_version = 0;
  std::string producer, producer_version, domain;
  int64_t model_version = 0;
  std::vector<std::pair<StringId, int64_t>> opsets;  // domain "" for ai.onnx
  std::vector<std::pair<std::string, std::string>>
      metadata;  // metadata_props; each text at most kMostStringBytes
  Graph graph;
  StableList<Graph> subgraphs;  // owners of every nested graph; Attribute::graphs points here
  StableList<Function> functions;
  std::vector<ExternalFile> external_files;

  std::string_view text(StringId id) const { return strings.view(id); }
};

// Reads the skeleton. Never loads weight values, never trusts a length: every faulty file gives one
// Error with the byte offset. `files` may be null (no external data). Missing external files are
// warnings in `diagnostics`. Error codes: empty_file, not_onnx (with the kind of file it is:
// Git-LFS pointer, PyTorch .pt, TensorRT .engine, .ort, zip, HTML, text…), truncated, malformed,
// nesting_too_deep, negative_dimension, no_graph, too_large (bounds that only a hostile file
// reaches). The message is complete: file, byte, field path ("graph.node[12].attribute[1]"), cause.
// Diagnostics: external_data_missing, external_data_refused, external_data_short, unknown_dtype,
// no_opset_import.
tl::expected<std::unique_ptr<Model>, Error> read_model(ByteSource& source, ExternalFiles* files,
                                                       Diagnostics& diagnostics);

// Elements of a small tensor. At most `most` elements are read; Error where there are more, where
// external data is absent, or where storage and dims disagree. Integers and bools fill `ints`,
// floating kinds (half, bfloat16, float8, float4 too) `floats`; strings and complex give Error code
// "no_numbers".
struct Elements {
  std::vector<int64_t> ints;
  std::vector<double> floats;
};
tl::expected<Elements, Error> read_elements(const Model& model, ByteSource& source,
                                            const TensorData& tensor, uint64_t most);

}  // namespace trtreport::onnx
