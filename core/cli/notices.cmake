# Writes OUTPUT, the licence texts of what is linked or bundled: the rows of TABLE that bring a
# licence in, and, where WEB names the web folder, the npm packages that are part of the bundle.
# cmake -DTABLE=apt-packages.txt -DWEB=web -DOUTPUT=THIRD_PARTY_NOTICES -P notices.cmake
cmake_minimum_required(VERSION 3.25)

set(rule "================================================================================")
file(WRITE ${OUTPUT}
  "Third-party notices\n\n"
  "trtreport is licensed under the Apache License 2.0 (its LICENSE file). It contains the work of\n"
  "others, listed here with their licences. Texts of C++ libraries are those of Debian's packages,\n"
  "which also name files (tests, packaging) that are not part of trtreport.\n")

function(add_notice title)
  file(APPEND ${OUTPUT} "\n${rule}\n${title}\n${rule}\n\n")
  foreach(file IN LISTS ARGN)
    file(READ ${file} text)
    file(APPEND ${OUTPUT} "${text}\n")
  endforeach()
endfunction()

file(STRINGS ${TABLE} rows REGEX "^[a-z]")
foreach(row IN LISTS rows)
  if(NOT row MATCHES "^[a-z]+ +([^ ]+) +([^ ]+)" OR CMAKE_MATCH_2 STREQUAL "-")
    continue()
  endif()
  set(package ${CMAKE_MATCH_1})
  set(licence ${CMAKE_MATCH_2})
  set(text /usr/share/doc/${package}/copyright)
  if(NOT EXISTS ${text})
    message(WARNING "No licence text of ${package} on this machine: its notice only names it")
    set(text)
  endif()
  add_notice("${package} (${licence})" ${text})
endforeach()

if(NOT WEB)
  return()
endif()
# In a lock file of version 3, "packages" maps each installed folder to its description; those
# marked dev build or test the bundle and are no part of it.
file(READ ${WEB}/package-lock.json lock)
string(JSON packages GET "${lock}" packages)
string(JSON count LENGTH "${packages}")
math(EXPR last "${count} - 1")
foreach(index RANGE ${last})
  string(JSON folder MEMBER "${packages}" ${index})
  if(folder STREQUAL "")
    continue()
  endif()
  string(JSON dev ERROR_VARIABLE no_dev GET "${packages}" ${folder} dev)
  if(dev STREQUAL "ON")
    continue()
  endif()
  string(JSON version GET "${packages}" ${folder} version)
  string(JSON licence ERROR_VARIABLE no_licence GET "${packages}" ${folder} license)
  file(GLOB texts ${WEB}/${folder}/LICEN[SC]E* ${WEB}/${folder}/NOTICE*
                  ${WEB}/${folder}/CopyrightNotice* ${WEB}/${folder}/licenses/LICEN[SC]E*)
  if(NOT texts)
    message(WARNING "No licence text in ${WEB}/${folder}: its notice only names it")
  endif()
  string(REGEX REPLACE "^.*node_modules/" "" name ${folder})
  add_notice("${name} ${version} (${licence})" ${texts})
endforeach()
