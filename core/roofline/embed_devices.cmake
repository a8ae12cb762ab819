# Writes OUTPUT, a C++ source that defines embedded_devices() with FILES as raw string literals:
# portable to every compiler, and fast enough for files of a few kilobytes.
# cmake "-DFILES=a.json;b.json" -DOUTPUT=out.cpp -P embed_devices.cmake
list(SORT FILES)
list(LENGTH FILES count)

set(source "#include \"roofline/embedded_devices.hpp\"\n\n#include <array>\n\nnamespace trtreport {\n\n")
string(APPEND source
       "std::span<const EmbeddedFile> embedded_devices() {\n"
       "  static constexpr std::array<EmbeddedFile, ${count}> kFiles = {{\n")
foreach(file IN LISTS FILES)
  get_filename_component(name ${file} NAME)
  file(READ ${file} content)
  # Indentation is half of a file, and no string holds a newline.
  string(REGEX REPLACE "\n *" "" content "${content}")
  string(APPEND source "    {\"${name}\", R\"device(${content})device\"},\n")
endforeach()
string(APPEND source "  }};\n  return kFiles;\n}\n\n}  // namespace trtreport\n")
file(WRITE ${OUTPUT} "${source}")
