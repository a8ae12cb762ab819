// The module path of a node, as exporters record it in the node's metadata_props.
#pragma once

#include <string>
#include <string_view>

namespace trtreport::onnx {

inline constexpr std::string_view kNameScopesKey = "pkg.torch.onnx.name_scopes";
inline constexpr std::string_view kNamespaceKey = "namespace";

// `text` is a Python list of the dotted paths of the modules around the node, outermost first, the
// operation's own name last: "['', 'layer3', 'layer3.0', 'layer3.0.bn1', 'batch_norm_10']". Answers
// what the older exporter would have put into the node's name, "layer3/layer3.0/bn1": each module
// is named within its parent, and a mere index repeats the container's name. Empty where the node
// lies in no module or the text is no such list.
std::string scope_from_name_scopes(std::string_view text);

// `text` is "path: class/path: class/operation: target" of the same exporter (answered alike), or
// another tool's path "encoder/block_0", which is kept whole.
std::string scope_from_namespace(std::string_view text);

}  // namespace trtreport::onnx
