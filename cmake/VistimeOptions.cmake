# Compiler flags common to every target, and the build's options.
option(VISTIME_FUZZ "Build the libFuzzer targets (needs clang)" OFF)
option(VISTIME_WERROR "Warnings are errors" OFF)
option(VISTIME_BENCHES "Build the benchmarks; the sanitizer builds leave them out" ON)
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

# Programs that face the network are position independent, with every relocation read-only once started.
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
include(CheckPIESupported)
check_pie_supported(LANGUAGES C CXX)
add_link_options(-Wl,-z,relro -Wl,-z,now)

add_library(vistime_options INTERFACE)
target_include_directories(vistime_options INTERFACE ${CMAKE_SOURCE_DIR})
target_include_directories(vistime_options SYSTEM INTERFACE ${CMAKE_BINARY_DIR}/generated)
target_compile_options(vistime_options INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Wold-style-cast -Wcast-align -Woverloaded-virtual
  -Wunused -Wimplicit-fallthrough -fno-omit-frame-pointer -fstack-protector-strong)
# g++ 12 takes the frame allocation of Asio's coroutines for a mismatch of new and delete (GCC bug 104336's family).
target_compile_options(vistime_options INTERFACE $<$<CXX_COMPILER_ID:GNU>:-Wno-mismatched-new-delete>)
if(VISTIME_WERROR)
  target_compile_options(vistime_options INTERFACE -Werror)
endif()
if(VISTIME_SANITIZE)
  add_compile_options(-fsanitize=${VISTIME_SANITIZE} -fno-sanitize-recover=all -g1)
  add_link_options(-fsanitize=${VISTIME_SANITIZE})
  # SOCI's library hides the type information that -fsanitize=vptr needs of its classes.
  add_compile_options(-fno-sanitize=vptr)
  if(VISTIME_SANITIZE MATCHES undefined)
    add_compile_options(-fsanitize-ignorelist=${CMAKE_SOURCE_DIR}/cmake/sanitizer_ignore.txt)
  endif()
  # The sanitizers replace the functions that _FORTIFY_SOURCE would wrap; libstdc++'s own checks add to theirs.
  target_compile_definitions(vistime_options INTERFACE _GLIBCXX_ASSERTIONS)
else()
  # Fortified libc calls need optimisation; without it glibc only warns.
  target_compile_options(vistime_options INTERFACE
    $<$<NOT:$<CONFIG:Debug>>:-U_FORTIFY_SOURCE> $<$<NOT:$<CONFIG:Debug>>:-D_FORTIFY_SOURCE=2>)
endif()
if(VISTIME_FUZZ)
  add_compile_options(
    -fsanitize=fuzzer-no-link -fsanitize-coverage-ignorelist=${CMAKE_SOURCE_DIR}/cmake/coverage_ignore.txt)
endif()
# Asio, Beast and spdlog are compiled once (see base/ and transport/), not in every file that uses them.
target_compile_definitions(vistime_options INTERFACE
  BOOST_ASIO_SEPARATE_COMPILATION BOOST_BEAST_SEPARATE_COMPILATION BOOST_ASIO_NO_DEPRECATED
  SPDLOG_COMPILED_LIB SPDLOG_FMT_EXTERNAL)
