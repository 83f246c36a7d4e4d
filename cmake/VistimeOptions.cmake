# Compiler flags common to every target, and the build's options.
option(VISTIME_FUZZ "Build the libFuzzer targets (needs clang)" OFF)
option(VISTIME_WERROR "Warnings are errors" OFF)
set(VISTIME_SANITIZE "" CACHE STRING "Value for -fsanitize=, for example address,undefined or thread")

find_program(VISTIME_CCACHE ccache)
if(VISTIME_CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${VISTIME_CCACHE})
  set(CMAKE_C_COMPILER_LAUNCHER ${VISTIME_CCACHE})
endif()
find_program(VISTIME_MOLD mold)
if(VISTIME_MOLD)
  add_link_options(-fuse-ld=mold)
endif()

add_library(vistime_options INTERFACE)
target_include_directories(vistime_options INTERFACE ${CMAKE_SOURCE_DIR})
target_include_directories(vistime_options SYSTEM INTERFACE ${CMAKE_BINARY_DIR}/generated)
target_compile_options(vistime_options INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Wold-style-cast -Wcast-align -Woverloaded-virtual
  -Wunused -Wimplicit-fallthrough -fno-omit-frame-pointer -fstack-protector-strong)
if(VISTIME_WERROR)
  target_compile_options(vistime_options INTERFACE -Werror)
endif()
if(VISTIME_SANITIZE)
  add_compile_options(-fsanitize=${VISTIME_SANITIZE} -fno-sanitize-recover=all -g1)
  add_link_options(-fsanitize=${VISTIME_SANITIZE})
endif()
if(VISTIME_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()
# Asio, Beast and spdlog are compiled once (see base/ and transport/), not in every file that uses them.
target_compile_definitions(vistime_options INTERFACE
  BOOST_ASIO_SEPARATE_COMPILATION BOOST_BEAST_SEPARATE_COMPILATION BOOST_ASIO_NO_DEPRECATED
  SPDLOG_COMPILED_LIB SPDLOG_FMT_EXTERNAL)
