// What nodes, calls and bodies are called, and which module they lie in.
#include "graph/builder.hpp"

#include <string>

namespace trtreport {

// The file's name for it, else one made of the operator and the position: "Conv_12".
StringId GraphBuilder::claim_name(const onnx::Node& proto, size_t position, const Frame& frame) {
  if (proto.name != StringId::Empty) return node_names_.claim(display_path(proto.name, frame));
  const std::string made =
      std::string(cut_text(model_.text(proto.op), kMostNameBytes)) + "_" + std::to_string(position);
  return node_names_.claim(model_.strings.intern(join_path(frame.path, made)));
}

StringId GraphBuilder::display_path(StringId name, const Frame& frame) {
  if (frame.path.empty()) return name;
  return model_.strings.intern(join_path(frame.path, cut_text(model_.text(name), kMostNameBytes)));
}

// A tensor's name before it is made unique.
StringId GraphBuilder::display_name(StringId name, const Frame& frame) {
  if (frame.out_names != nullptr) {
    const auto found = frame.out_names->find(name);
    if (found != frame.out_names->end()) return found->second;
  }
  return display_path(name, frame);
}

GraphBuilder::OutputNames GraphBuilder::output_names(const onnx::Node& call,
                                                     const onnx::Function& function,
                                                     const Frame& frame) {
  OutputNames result;
  for (size_t index = 0; index < std::min(function.outputs.size(), call.outputs.size()); ++index) {
    if (call.outputs[index] == StringId::Empty) continue;
    result.emplace(function.outputs[index], display_name(call.outputs[index], frame));
  }
  return result;
}

// The frame of a call (`part` empty) or of the body `part` of the node `name`.
GraphBuilder::Frame GraphBuilder::inner_frame(const Frame& frame, StringId name, StringId scope,
                                              std::string_view part) {
  const std::string_view text = model_.text(name);
  Frame inner;
  inner.path = join_path(join_path({}, text), part);
  if (inner.path.size() > kMostPathBytes) {
    inner.path = "inner_" + std::to_string(graph_.bodies.size() + calls_);
  }
  const std::string module =
      join_path(join_path(model_.text(scope == StringId::Empty ? frame.scope : scope),
                          cut_text(last_component(text), kMostNameBytes)),
                part);
  inner.scope = module.size() > kMostPathBytes ? frame.scope : model_.strings.intern(module);
  return inner;
}

StringId GraphBuilder::scope_of(const onnx::Node& proto, std::span<const TensorId> inputs,
                                const Frame& frame) {
  const StringId own = own_scope(proto, inputs);
  if (own == StringId::Empty) return frame.scope;
  if (frame.scope == StringId::Empty) return own;
  const std::string joined = join_path(model_.text(frame.scope), model_.text(own));
  return joined.size() > kMostPathBytes ? frame.scope : model_.strings.intern(joined);
}

// The exporter's record of it, else the folder of the node's name, else the module that its weight
// belongs to.
StringId GraphBuilder::own_scope(const onnx::Node& proto, std::span<const TensorId> inputs) {
  if (proto.scope != StringId::Empty) return proto.scope;
  const std::string_view name = model_.text(proto.name);
  const size_t last = name.rfind('/');
  if (last != std::string_view::npos) {
    const std::string_view folder = name.substr(0, last);
    if (folder != last_folder_) {
      last_folder_ = folder;
      last_scope_ = model_.strings.intern(scope_of_node_name(name));
    }
    return last_scope_;
  }
  for (const TensorId input : inputs) {
    if (input == kNoTensor || graph_.tensors[input].kind != TensorKind::Weight) continue;
    const std::string scope = scope_of_weight_name(model_.text(graph_.tensors[input].name));
    if (!scope.empty()) return model_.strings.intern(scope);
  }
  return StringId::Empty;
}

}  // namespace trtreport
