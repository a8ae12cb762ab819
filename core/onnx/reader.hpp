// The reader's inner parts: one class that walks the messages of a model, split over reader*.cpp by
// message. Nothing here recurses: subgraphs wait in a queue, so that a file nested 10,000 deep
// costs no stack.
#pragma once

#include "onnx/externals.hpp"
#include "onnx/model.hpp"
#include "onnx/scanner.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace trtreport::onnx {

// Bounds that only hostile files reach. Every entry of the skeleton is charged, since a message of
// two bytes can make a structure of a hundred.
inline constexpr uint64_t kMostSkeletonBytes = uint64_t{1} << 30;
inline constexpr size_t kMostSubgraphs = 1u << 14;
inline constexpr size_t kMostRank = 1024;

// Elements that dims ask for; saturates at 2^64 - 1. Dims are not negative.
uint64_t element_count(std::span<const int64_t> dims);

class Reader {
 public:
  Reader(Model& model, ByteSource& source, ExternalFiles* files, Diagnostics& diagnostics)
      : model_(model), diagnostics_(diagnostics), scanner_(source), externals_(model, files) {}

  // Reads the whole file into the model; false where it failed, see error().
  bool read();
  // One line: file, byte, field path, cause.
  Error error() const;

 private:
  struct Step {
    const char* field;
    int64_t index;  // < 0: not repeated
  };

  // A subgraph found in an attribute and not yet read. Places form chains to the main graph or a
  // function.
  struct Place {
    int64_t parent = -1;  // the place that holds the attribute; -1: the model itself
    std::vector<Step> steps;
    Range message;
    Graph* graph = nullptr;
    int depth = 0;
  };

  // Names where reading is, for error(). A failure leaves the steps as they were when it happened.
  class Within {
   public:
    Within(Reader& reader, const char* field, int64_t index = -1) : reader_(reader) {
      reader_.steps_.push_back({field, index});
    }
    ~Within() {
      if (!reader_.scanner_.failed()) reader_.steps_.pop_back();
    }
    Within(const Within&) = delete;
    Within& operator=(const Within&) = delete;

   private:
    Reader& reader_;
  };

  // reader.cpp
  void read_model();
  void read_metadata(Range message);
  void read_graph(Range message, Graph& graph);
  void read_function(Range message, Function& function);
  void read_functions_lists(const Fields& fields, Function& function);
  void read_opset(Range message, std::vector<std::pair<StringId, int64_t>>& opsets);
  Graph* queue_subgraph(Range message, const char* field, int64_t index);
  void read_subgraphs();
  void check_opsets();
  std::string path() const;

  // reader_node.cpp
  void read_node(Range message, Node& node);
  void read_node_metadata(Range message, Range& name_scopes, Range& other_namespace);
  StringId scope_of(Range name_scopes, Range other_namespace);
  std::span<const Attribute> shared_attributes(Range run);
  void share_attributes(Range run, std::span<const Attribute> attributes);

  // reader_attribute.cpp
  // The messages of one attribute, which are read once all its fields are known.
  struct AttributeParts {
    AttributeType declared = AttributeType::Undefined;
    std::optional<Range> tensor, sparse, type, graph;
  };
  std::span<const Attribute> read_attributes(std::span<const Range> messages, const char* field);
  void read_attribute(Range message, Attribute& attribute);
  void read_attribute_field(const Fields& fields, Attribute& attribute, AttributeParts& parts);
  void read_attribute_list(const Fields& fields, Attribute& attribute);
  void read_attribute_string(const Fields& fields, Attribute& attribute);
  void read_attribute_parts(const AttributeParts& parts, Attribute& attribute);
  void keep_attribute_lists(Attribute& attribute, uint64_t offset);
  void queue_subgraphs(const AttributeParts& parts, Attribute& attribute);

  // reader_tensor.cpp
  void read_tensor(Range message, TensorData& tensor);
  void read_sparse_tensor(Range message, SparseTensorData& tensor);
  void read_dims(const Fields& fields, std::vector<int64_t>& dims);
  std::span<const int64_t> keep_dims(const std::vector<int64_t>& dims, uint64_t offset);
  void place_external(TensorData& tensor);
  uint64_t read_decimal(Range text, const char* what);

  // reader_type.cpp
  void read_value_info(Range message, ValueInfo& info);
  struct TypeLayer {
    TypeKind kind = TypeKind::Unknown;
    Range content;
  };
  void read_type(Range message, TypeProto& type);
  TypeLayer read_type_layer(Range message);
  TypeLayer read_element_layer(Range message);
  void read_tensor_type(Range message, TypeProto& type);
  void read_shape(Range message, TypeProto& type);
  DimProto read_dimension(Range message);

  // Both of a StringStringEntryProto.
  struct Entry {
    Range key;
    Range value;
  };
  Entry read_entry(Range message);

  StringId intern(Range text) { return model_.strings.intern(scanner_.view(text)); }
  StringId intern_domain(Range text);
  std::string text(Range range) { return std::string(scanner_.view(range)); }
  // Counts what the skeleton grows by; past kMostSkeletonBytes reading fails.
  void charge(uint64_t bytes, uint64_t offset);

  Model& model_;
  Diagnostics& diagnostics_;
  Scanner scanner_;
  Externals externals_;
  uint64_t charged_ = 0;
  bool has_graph_ = false;

  StableList<Place> places_;  // subgraphs in the order found; read in that order
  int64_t place_ = -1;        // the one being read
  std::vector<Step> steps_;   // from there to the field being read

  // Equal attribute lists are read and kept once: most nodes of a large model share theirs with
  // others.
  StringTable attribute_keys_;
  std::vector<std::span<const Attribute>> attribute_lists_;  // by id of the key

  // Reused by every message of their kind.
  std::vector<StringId> inputs_, outputs_, strings_;
  std::vector<Range> attribute_messages_, graph_messages_, external_entries_;
  std::vector<Attribute> attributes_;
  std::vector<int64_t> ints_, dims_, sparse_dims_;
  std::vector<float> floats_;
  std::vector<Graph*> graphs_;
  std::vector<DimProto> shape_;
};

}  // namespace trtreport::onnx
