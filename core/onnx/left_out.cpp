// A walk over the wire format by a table: what no row names, the reader ignores, and it goes.
#include "onnx/left_out.hpp"

#include "base/sorting.hpp"
#include "onnx/fields.hpp"
#include "onnx/reader.hpp"
#include "onnx/scope.hpp"
#include "onnx/skeleton_file.hpp"

#include <algorithm>

namespace trtreport::onnx {
namespace {

enum class Kind : uint8_t {
  LeftOut,
  Kept,
  Model,
  Graph,
  Function,
  Node,
  NodeMetadata,
  Attribute,
  Tensor,
  SparseTensor,
  ValueInfo,
};

struct Row {
  Kind message;
  uint32_t field;
  Kind content;
};

template <class Field>
constexpr Row row(Kind message, Field field, Kind content = Kind::Kept) {
  return {message, static_cast<uint32_t>(field), content};
}

constexpr Row kRows[] = {
    row(Kind::Model, ModelField::ProducerName),
    row(Kind::Model, ModelField::ProducerVersion),
    row(Kind::Model, ModelField::Domain),
    row(Kind::Model, ModelField::Graph, Kind::Graph),
    row(Kind::Model, ModelField::OpsetImport),
    row(Kind::Model, ModelField::MetadataProps),
    row(Kind::Model, ModelField::Functions, Kind::Function),
    row(Kind::Graph, GraphField::Node, Kind::Node),
    row(Kind::Graph, GraphField::Name),
    row(Kind::Graph, GraphField::Initializer, Kind::Tensor),
    row(Kind::Graph, GraphField::SparseInitializer, Kind::SparseTensor),
    row(Kind::Graph, GraphField::Input, Kind::ValueInfo),
    row(Kind::Graph, GraphField::Output, Kind::ValueInfo),
    row(Kind::Graph, GraphField::ValueInfo, Kind::ValueInfo),
    row(Kind::Function, FunctionField::Name),
    row(Kind::Function, FunctionField::Domain),
    row(Kind::Function, FunctionField::Overload),
    row(Kind::Function, FunctionField::Input),
    row(Kind::Function, FunctionField::Output),
    row(Kind::Function, FunctionField::Attribute),
    row(Kind::Function, FunctionField::AttributeProto, Kind::Attribute),
    row(Kind::Function, FunctionField::Node, Kind::Node),
    row(Kind::Function, FunctionField::OpsetImport),
    row(Kind::Function, FunctionField::ValueInfo, Kind::ValueInfo),
    row(Kind::Node, NodeField::Input),
    row(Kind::Node, NodeField::Output),
    row(Kind::Node, NodeField::Name),
    row(Kind::Node, NodeField::OpType),
    row(Kind::Node, NodeField::Domain),
    row(Kind::Node, NodeField::Overload),
    row(Kind::Node, NodeField::Attribute, Kind::Attribute),
    row(Kind::Node, NodeField::MetadataProps, Kind::NodeMetadata),
    row(Kind::Attribute, AttributeField::Name),
    row(Kind::Attribute, AttributeField::S),
    row(Kind::Attribute, AttributeField::T, Kind::Tensor),
    row(Kind::Attribute, AttributeField::G, Kind::Graph),
    row(Kind::Attribute, AttributeField::Floats),
    row(Kind::Attribute, AttributeField::Ints),
    row(Kind::Attribute, AttributeField::Strings),
    row(Kind::Attribute, AttributeField::Tensors, Kind::Tensor),
    row(Kind::Attribute, AttributeField::Graphs, Kind::Graph),
    row(Kind::Attribute, AttributeField::TypeProto),
    row(Kind::Attribute, AttributeField::TypeProtos),
    row(Kind::Attribute, AttributeField::RefAttrName),
    row(Kind::Attribute, AttributeField::SparseTensor, Kind::SparseTensor),
    row(Kind::Attribute, AttributeField::SparseTensors, Kind::SparseTensor),
    row(Kind::SparseTensor, SparseTensorField::Values, Kind::Tensor),
    row(Kind::SparseTensor, SparseTensorField::Indices, Kind::Tensor),
    row(Kind::SparseTensor, SparseTensorField::Dims),
    row(Kind::ValueInfo, ValueInfoField::Name),
    row(Kind::ValueInfo, ValueInfoField::Type),
};

Kind content_of(Kind message, uint32_t field) {
  for (const Row& row : kRows) {
    if (row.message == message && row.field == field) return row.content;
  }
  return Kind::LeftOut;
}

bool is_list(uint32_t key) {
  return (key & 7) == static_cast<uint32_t>(protozero::pbf_wire_type::length_delimited);
}

class Walk {
 public:
  explicit Walk(Scanner& scanner) : scanner_(scanner) {}

  // Messages nest as deep as subgraphs do: they wait in a list instead of the stack.
  std::vector<Range> run() {
    waiting_.push_back({Kind::Model, scanner_.whole()});
    while (!waiting_.empty()) {
      const auto [kind, message] = waiting_.back();
      waiting_.pop_back();
      enter(kind, message);
    }
    if (scanner_.failed()) return {};
    sort_items(left_out_, [](const Range& a, const Range& b) { return a.begin < b.begin; });
    return std::move(left_out_);
  }

 private:
  struct Waiting {
    Kind kind;
    Range message;
  };

  void leave_out(Range range) {
    if (range.size() > 0) left_out_.push_back(range);
  }

  void enter(Kind kind, Range message) {
    if (kind == Kind::LeftOut) return leave_out(message);
    if (kind == Kind::Kept) return;
    if (kind == Kind::Tensor) return enter_tensor(message);
    if (kind == Kind::NodeMetadata) return enter_metadata(message);
    Fields fields(scanner_, message);
    while (fields.next()) {
      if (is_list(fields.key()))
        waiting_.push_back({content_of(kind, fields.key() >> 3), fields.content()});
    }
  }

  // The entry has to stay one: only its value goes.
  void enter_metadata(Range message) {
    Range key, value;
    Fields fields(scanner_, message);
    while (fields.next()) {
      if (fields.key() == as_bytes(EntryField::Key)) key = fields.content();
      if (fields.key() == as_bytes(EntryField::Value)) value = fields.content();
    }
    const std::string_view name = scanner_.view(key);
    if (name != kNameScopesKey && name != kNamespaceKey) leave_out(value);
  }

  void enter_tensor(Range message) {
    std::vector<int64_t> dims;
    uint64_t data_type = 0;
    Fields fields(scanner_, message);
    while (fields.next()) {
      if (fields.key() == as_varint(TensorField::DataType)) data_type = fields.value();
      if (fields.key() >> 3 != static_cast<uint32_t>(TensorField::Dims)) continue;
      each_varint(scanner_, fields, [&](uint64_t dim) {
        dims.push_back(static_cast<int64_t>(dim));
        return dims.size() <= kMostRank;
      });
    }
    const DType dtype = dtype_from_onnx(static_cast<int64_t>(data_type));
    if (!keeps_elements(dtype, element_count(dims))) leave_out_elements(message);
  }

  void leave_out_elements(Range message) {
    Fields fields(scanner_, message);
    while (fields.next()) {
      switch (static_cast<TensorField>(fields.key() >> 3)) {
        case TensorField::Dims:
        case TensorField::DataType:
        case TensorField::Name:
        case TensorField::ExternalData:
        case TensorField::DataLocation:
          break;
        default: {
          // Behind the tag: a list's bytes, or the one number of a list that is not packed.
          uint64_t begin = fields.begin(), tag = 0;
          if (!is_list(fields.key()) && scanner_.varint(begin, message.end, tag))
            leave_out({begin, fields.end()});
          if (is_list(fields.key())) leave_out(fields.content());
        }
      }
    }
  }

  Scanner& scanner_;
  std::vector<Waiting> waiting_;
  std::vector<Range> left_out_;
};

}  // namespace

bool keeps_elements(DType dtype, uint64_t elements) {
  return elements <= kMostKeptElements || (dtype == DType::Int64 && elements <= kMostKeptIntegers);
}

std::vector<Range> left_out_of(Scanner& scanner) { return Walk(scanner).run(); }

}  // namespace trtreport::onnx
