// The walk over the file: model, graph, nodes, and the subgraphs in their attributes. Messages are
// put together from the inside out, since each begins with its size.
#include "onnx/rewrite/rewrite.hpp"

#include "onnx/rewrite/upgrade.hpp"
#include "onnx/rewrite/wire.hpp"

#include <algorithm>

namespace trtreport::onnx {
namespace {

// Protobuf's own limit on a message.
constexpr uint64_t kMostModelBytes = INT32_MAX;

bool is_main_domain(std::string_view domain) { return domain.empty() || domain == "ai.onnx"; }

void replace(const std::vector<std::pair<std::string, std::string>>& names,
             std::vector<std::string>& list) {
  for (std::string& item : list) {
    for (const auto& [from, to] : names) {
      if (item != from) continue;
      item = to;
      break;
    }
  }
}

class Rewriter {
 public:
  Rewriter(const Model& model, ByteSource& source, ModelEdit edit, const TensorFacts& facts,
           FreshNames& names)
      : model_(model),
        scanner_(source),
        edit_(std::move(edit)),
        facts_(facts),
        names_(names),
        from_(main_opset(model)),
        to_(std::max(from_, edit_.opset)) {}

  tl::expected<Pieces, Error> run();

 private:
  // Constants that conversions of one graph's nodes make, and what they may ask.
  class Host : public UpgradeHost {
   public:
    Host(Rewriter& rewriter, bool is_main) : rewriter_(rewriter), is_main_(is_main) {}
    DType dtype(std::string_view tensor) override {
      if (computes_in != DType::Undefined) return computes_in;
      return is_main_ ? rewriter_.facts_.dtype(tensor) : DType::Undefined;
    }
    int rank(std::string_view tensor) override {
      return is_main_ ? rewriter_.facts_.rank(tensor) : -1;
    }
    bool is_read(std::string_view tensor) override {
      return !is_main_ || rewriter_.facts_.is_read(tensor);
    }
    std::vector<double> numbers(std::string_view tensor) override {
      return is_main_ ? rewriter_.facts_.numbers(tensor) : std::vector<double>();
    }
    std::string fresh(std::string_view wish) override { return rewriter_.names_.take(wish); }
    std::string constant(TensorDraft tensor) override {
      tensor.name = fresh(tensor.name);
      constants.push_back(std::move(tensor));
      return constants.back().name;
    }
    std::vector<TensorDraft> constants;
    DType computes_in = DType::Undefined;

   private:
    Rewriter& rewriter_;
    bool is_main_;
  };

  Pieces graph(Range message, bool is_main);
  void node(Range field, Range message, size_t position, Host& host, bool is_main, Pieces& out);
  void nested(NodeDraft& node);
  void attribute(AttributeDraft& attribute);
  bool is_constant_input(Range message);
  Pieces opset(Range message);
  void check_functions();
  void fail(std::string code, std::string message) {
    if (!error_) error_ = Error{std::move(code), std::move(message)};
  }
  bool failed() const { return error_.has_value() || scanner_.failed(); }

  const Model& model_;
  Scanner scanner_;
  ModelEdit edit_;
  const TensorFacts& facts_;
  FreshNames& names_;
  int64_t from_, to_;
  std::unordered_set<uint32_t> constants_;  // names of the main graph's initializers
  std::optional<Error> error_;
};

template <class Field>
void put(Pieces& out, Field field, Pieces&& message) {
  std::string head;
  append_head(head, field, message.size());
  out.text(head);
  out.append(std::move(message));
}

// Whether a graph input is one of the initializers.
bool Rewriter::is_constant_input(Range message) {
  Fields fields(scanner_, message);
  while (fields.next()) {
    if (fields.key() != as_bytes(ValueInfoField::Name)) continue;
    const StringId name = model_.strings.find(scanner_.view(fields.content()));
    return constants_.count(static_cast<uint32_t>(name)) != 0;
  }
  return false;
}

Pieces Rewriter::graph(Range message, bool is_main) {
  Pieces out;
  Host host(*this, is_main);
  size_t nodes = 0, initializers = 0;
  Fields fields(scanner_, message);
  while (fields.next() && !failed()) {
    const Range field = {fields.begin(), fields.end()};
    if (fields.key() == as_bytes(GraphField::Node)) {
      node(field, fields.content(), nodes++, host, is_main, out);
    } else if (is_main && fields.key() == as_bytes(GraphField::Initializer)) {
      if (edit_.removed_initializers.count(initializers++) == 0) out.copy(field);
    } else if (is_main && fields.key() == as_bytes(GraphField::Input)) {
      if (!is_constant_input(fields.content())) out.copy(field);
    } else {
      out.copy(field);
    }
  }
  if (is_main) {
    for (const TensorDraft& tensor : edit_.initializers)
      put(out, GraphField::Initializer, write_tensor_draft(tensor));
  }
  for (const TensorDraft& tensor : host.constants)
    put(out, GraphField::Initializer, write_tensor_draft(tensor));
  return out;
}

void Rewriter::node(Range field, Range message, size_t position, Host& host, bool is_main,
                    Pieces& out) {
  const auto found = is_main ? edit_.nodes.find(position) : edit_.nodes.end();
  NodeEdit* edit = found == edit_.nodes.end() ? nullptr : &found->second;
  if (edit == nullptr && from_ == to_) return out.copy(field);
  if (edit != nullptr && edit->removed) return;
  UpgradedNode upgraded;
  upgraded.node = read_node_draft(scanner_, message);
  host.computes_in = edit == nullptr ? DType::Undefined : edit->computes_in;
  bool changed = edit != nullptr;
  if (from_ != to_ && is_main_domain(upgraded.node.domain)) {
    auto result = upgrade_node(scanner_, from_, to_, host, upgraded);
    if (!result) {
      const std::string name =
          upgraded.node.name.empty() ? std::string() : "node '" + upgraded.node.name + "': ";
      return fail("opset_refused", name + result.error());
    }
    changed = changed || *result;
    nested(upgraded.node);
    for (const AttributeDraft& item : upgraded.node.attributes)
      changed = changed || item.nested != nullptr;
  }
  if (!changed) return out.copy(field);
  std::vector<NodeDraft*> own;
  for (NodeDraft& item : upgraded.before) own.push_back(&item);
  own.push_back(&upgraded.node);
  for (NodeDraft& item : upgraded.after) own.push_back(&item);
  const auto write = [&](NodeDraft& item) {
    put(out, GraphField::Node, write_node_draft(std::move(item)));
  };
  if (edit != nullptr) {
    for (NodeDraft& item : edit->before) write(item);
  }
  for (NodeDraft* item : own) {
    if (edit != nullptr) {
      replace(edit->inputs, item->inputs);
      replace(edit->outputs, item->outputs);
    }
    write(*item);
  }
  if (edit != nullptr) {
    for (NodeDraft& item : edit->after) write(item);
  }
}

void Rewriter::nested(NodeDraft& node) {
  for (AttributeDraft& item : node.attributes) {
    if (item.message.size() > 0 && !failed()) attribute(item);
  }
}

void Rewriter::attribute(AttributeDraft& item) {
  bool has_graph = false;
  Fields look(scanner_, item.message);
  while (look.next()) {
    has_graph = has_graph || look.key() == as_bytes(AttributeField::G) ||
                look.key() == as_bytes(AttributeField::Graphs);
  }
  if (!has_graph) return;
  item.nested = std::make_shared<Pieces>();
  Fields fields(scanner_, item.message);
  while (fields.next() && !failed()) {
    if (fields.key() == as_bytes(AttributeField::G)) {
      put(*item.nested, AttributeField::G, graph(fields.content(), false));
    } else if (fields.key() == as_bytes(AttributeField::Graphs)) {
      put(*item.nested, AttributeField::Graphs, graph(fields.content(), false));
    } else {
      item.nested->copy({fields.begin(), fields.end()});
    }
  }
}

Pieces Rewriter::opset(Range message) {
  Pieces out;
  bool is_main = true;
  Fields fields(scanner_, message);
  while (fields.next()) {
    if (fields.key() == as_bytes(OpsetField::Domain))
      is_main = is_main_domain(scanner_.view(fields.content()));
  }
  if (!is_main) {
    out.copy(message);
    return out;
  }
  std::string text;
  append_bytes(text, OpsetField::Domain, "");
  append_number(text, OpsetField::Version, to_);
  out.text(text);
  return out;
}

// A function says which operator set it is written in, and a reader may have but one.
void Rewriter::check_functions() {
  if (from_ == to_) return;
  for (const Function& function : model_.functions) {
    for (const Node& node : function.nodes) {
      if (node.domain != StringId::Empty || !changes_between(model_.text(node.op), from_, to_))
        continue;
      return fail("opset_refused", "function '" + std::string(model_.text(function.name)) +
                                       "' uses " + std::string(model_.text(node.op)) +
                                       ", which changed between operator sets " +
                                       std::to_string(from_) + " and " + std::to_string(to_) +
                                       ": functions are not converted");
    }
  }
}

tl::expected<Pieces, Error> Rewriter::run() {
  if (from_ == 0)
    return tl::unexpected(Error{"no_opset", "the model imports no operator set of ai.onnx"});
  for (const TensorData& tensor : model_.graph.initializers)
    constants_.insert(static_cast<uint32_t>(tensor.name));
  for (const SparseTensorData& tensor : model_.graph.sparse_initializers)
    constants_.insert(static_cast<uint32_t>(tensor.values.name));
  constants_.erase(static_cast<uint32_t>(StringId::Empty));
  check_functions();
  Pieces out;
  std::string head;
  append_number(head, ModelField::IrVersion, std::max(model_.ir_version, ir_version_of(to_)));
  out.text(head);
  int graphs = 0;
  Fields fields(scanner_, scanner_.whole());
  while (!failed() && fields.next()) {
    if (fields.key() == as_varint(ModelField::IrVersion)) continue;
    if (fields.key() == as_bytes(ModelField::OpsetImport)) {
      put(out, ModelField::OpsetImport, opset(fields.content()));
    } else if (fields.key() == as_bytes(ModelField::Graph)) {
      if (++graphs > 1) fail("malformed", "the file holds two main graphs");
      put(out, ModelField::Graph, graph(fields.content(), true));
    } else {
      out.copy({fields.begin(), fields.end()});
    }
  }
  if (scanner_.failed()) return tl::unexpected(scanner_.failure());
  if (error_) return tl::unexpected(std::move(*error_));
  if (out.size() > kMostModelBytes) {
    return tl::unexpected(Error{"too_large", "it would take " + std::to_string(out.size()) +
                                                 " bytes, and protobuf ends at 2 GiB"});
  }
  return out;
}

}  // namespace

std::string FreshNames::take(std::string_view wish) {
  std::string name(wish);
  for (uint64_t number = 1;
       model_.strings.find(name) != StringId::Empty || !taken_.insert(name).second; ++number)
    name = std::string(wish) + "_" + std::to_string(number);
  return name;
}

int64_t main_opset(const Model& model) {
  for (const auto& [domain, version] : model.opsets) {
    if (domain == StringId::Empty) return version;
  }
  return 0;
}

int64_t ir_version_of(int64_t opset) {
  if (opset < 13) return 3;
  if (opset < 15) return 7;
  if (opset < 19) return 8;
  return opset < 21 ? 9 : 10;
}

tl::expected<Pieces, Error> rewrite_model(const Model& model, ByteSource& source, ModelEdit edit,
                                          const TensorFacts& facts, FreshNames& names) {
  return Rewriter(model, source, std::move(edit), facts, names).run();
}

}  // namespace trtreport::onnx
