# Checks that NOTICES names every npm package that the bundle depends on, with its version, and every
# C++ library of the build's packages, with a licence text. WEB is the web folder, empty where the
# bundle was not built and NOTICES has no npm package to name.
# cmake -DNOTICES=file -DTABLE=apt-packages.txt -DWEB=web -P notices.cmake
cmake_minimum_required(VERSION 3.25)

file(READ ${NOTICES} notices)
set(missing)
set(checked 0)
function(expect heading)
  string(FIND "${notices}" "\n${heading} (" position)
  if(position EQUAL -1)
    set(missing ${missing} "${heading}" PARENT_SCOPE)
  endif()
  math(EXPR checked "${checked} + 1")
  set(checked ${checked} PARENT_SCOPE)
endfunction()

file(STRINGS ${TABLE} rows REGEX "^build .*-dev ")
foreach(row IN LISTS rows)
  string(REGEX MATCH "[^ ]+-dev" package "${row}")
  expect(${package})
endforeach()

if(WEB)
  file(READ ${WEB}/package.json manifest)
  string(JSON dependencies GET "${manifest}" dependencies)
  string(JSON count LENGTH "${dependencies}")
  math(EXPR last "${count} - 1")
  foreach(index RANGE ${last})
    string(JSON name MEMBER "${dependencies}" ${index})
    string(JSON version GET "${dependencies}" ${name})
    expect("${name} ${version}")
  endforeach()
endif()

# A heading is followed by a rule and an empty line; another rule there means that no text follows.
if(notices MATCHES "=\n\n\n=" OR notices MATCHES "=\n\n$")
  message(FATAL_ERROR "a package is named without its licence text")
endif()
if(missing)
  list(JOIN missing ", " missing)
  message(FATAL_ERROR "not in the notices: ${missing}")
endif()
message("${checked} packages, all in the notices")
