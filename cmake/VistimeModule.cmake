# vistime_module(NAME [NETWORK] [DEPS target...] [TEST_DEPS target...])
#
# One folder, one library: every .cpp of the folder, except that
#   main.cpp       becomes no part of the library (the folder's CMakeLists makes a program of it),
#   *_test.cpp     become one test program, NAME_test, run by ctest,
#   *_fuzz.cpp     become one libFuzzer program each, when VISTIME_FUZZ is on,
#   *_bench.cpp    become one Google Benchmark program, NAME_bench, when VISTIME_BENCHES is on.
# NETWORK says that its units read Asio and Beast, which are then precompiled.
# A gap shows in `ls`: sources, tests, fuzzers and benchmarks lie side by side.
function(vistime_module name)
  cmake_parse_arguments(ARG "NETWORK" "" "DEPS;TEST_DEPS" ${ARGN})
  file(GLOB all CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cpp)
  set(sources ${all})
  list(FILTER sources EXCLUDE REGEX "(_test|_fuzz|_bench|/main)\\.cpp$")
  set(tests ${all})
  list(FILTER tests INCLUDE REGEX "_test\\.cpp$")
  set(fuzzers ${all})
  list(FILTER fuzzers INCLUDE REGEX "_fuzz\\.cpp$")
  set(benches ${all})
  list(FILTER benches INCLUDE REGEX "_bench\\.cpp$")

  add_library(vistime_${name} STATIC ${sources})
  target_link_libraries(vistime_${name} PUBLIC vistime_options ${ARG_DEPS})
  if(ARG_NETWORK)
    vistime_precompile(vistime_${name} network)
  endif()

  if(tests)
    add_executable(${name}_test ${tests})
    target_link_libraries(${name}_test PRIVATE vistime_${name} vistime_test_main ${ARG_TEST_DEPS})
    if(ARG_NETWORK)
      vistime_precompile(${name}_test network_test)
    else()
      vistime_precompile(${name}_test test)
    endif()
    set_target_properties(${name}_test PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
    add_test(NAME ${name} COMMAND ${name}_test)
    set_tests_properties(${name} PROPERTIES LABELS unit TIMEOUT 300)
  endif()
  if(benches AND VISTIME_BENCHES)
    add_executable(${name}_bench ${benches})
    target_link_libraries(${name}_bench PRIVATE vistime_${name} benchmark::benchmark_main)
    set_target_properties(${name}_bench PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/benches)
  endif()
  if(VISTIME_FUZZ)
    foreach(fuzzer ${fuzzers})
      get_filename_component(target ${fuzzer} NAME_WE)
      add_executable(${target} ${fuzzer})
      target_link_libraries(${target} PRIVATE vistime_${name})
      target_link_options(${target} PRIVATE -fsanitize=fuzzer)
      set_target_properties(${target} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/fuzzers)
    endforeach()
  endif()
endfunction()
