# vistime_embed(HEADER NAMESPACE NAME=FILE...): a header in the build folder with the text of each file as a
# constexpr std::string_view NAME, for what a program must have without a folder beside it.
function(vistime_embed header namespace)
  set(body "")
  foreach(pair IN LISTS ARGN)
    string(REGEX MATCH "^([A-Za-z]+)=(.*)$" matched "${pair}")
    set(name ${CMAKE_MATCH_1})
    set(file ${CMAKE_MATCH_2})
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${file})
    file(READ ${file} text)
    string(APPEND body "inline constexpr std::string_view ${name} = R\"embedded(${text})embedded\";\n")
  endforeach()
  file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/generated/${header} @ONLY
    CONTENT "// Made by CMake.\n#pragma once\n#include <string_view>\nnamespace @namespace@ {\n@body@}\n")
endfunction()

# vistime_css_tokens(FILE): the colours, sizes and motion of client/tokens.json as custom properties of CSS, light and
# dark by what the reader's system prefers; `FILE` lies in the build folder.
function(vistime_css_tokens file)
  set(source ${CMAKE_SOURCE_DIR}/client/tokens.json)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${source})
  file(READ ${source} tokens)
  foreach(group light dark sizes motion)
    set(${group} "")
    string(JSON count LENGTH "${tokens}" ${group})
    math(EXPR last "${count} - 1")
    foreach(at RANGE ${last})
      string(JSON name MEMBER "${tokens}" ${group} ${at})
      string(JSON value GET "${tokens}" ${group} ${name})
      string(APPEND ${group} "--${name}:${value};")
    endforeach()
  endforeach()
  file(CONFIGURE OUTPUT ${file} @ONLY CONTENT
    ":root{color-scheme:light dark;@light@@sizes@@motion@}\n@media screen and (prefers-color-scheme:dark){:root{@dark@}}\n")
endfunction()
