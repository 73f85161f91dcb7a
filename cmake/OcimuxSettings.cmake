# How our own code is compiled. Everything here hangs on one interface target
# that is linked PRIVATE, so nothing of it reaches those who link ocimux.
add_library(ocimux_settings INTERFACE)

target_compile_options(ocimux_settings INTERFACE
  -Wall
  -Wextra
  -Wpedantic
  -Wshadow
  -Wconversion
  -Wsign-conversion
  -Wnon-virtual-dtor
  -Wold-style-cast
  -Wdeprecated-copy-dtor
  -Woverloaded-virtual
  -Wcast-align
  -Wcast-qual
  -Wformat=2
  -Wimplicit-fallthrough
  -Wunused
  -Wvla
  $<$<CXX_COMPILER_ID:GNU>:-Wduplicated-branches;-Wduplicated-cond;-Wlogical-op;-Wsuggest-override>
  # g++ 12 takes `string = "x"` for overlapping memory (GCC bug 105651).
  $<$<AND:$<CXX_COMPILER_ID:GNU>,$<VERSION_LESS:$<CXX_COMPILER_VERSION>,13>>:-Wno-restrict>
  # Designated initialisers are how options are passed here; a member left out
  # has its default.
  -Wno-missing-field-initializers)
if(OCIMUX_WARNINGS_AS_ERRORS)
  target_compile_options(ocimux_settings INTERFACE -Werror)
endif()

# Tarballs exceed 2 GiB, also where off_t is 32 bits by default.
target_compile_definitions(ocimux_settings INTERFACE _FILE_OFFSET_BITS=64)

if(OCIMUX_SANITIZE)
  set(sanitize -fsanitize=${OCIMUX_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_compile_options(ocimux_settings INTERFACE ${sanitize})
  target_link_options(ocimux_settings INTERFACE ${sanitize})
endif()

if(OCIMUX_FUZZ)
  # What fuzzers steer by; the fuzzer itself is linked to the targets alone.
  target_compile_options(ocimux_settings INTERFACE -fsanitize=fuzzer-no-link)
endif()

if(OCIMUX_COVERAGE)
  # Counters are updated from several threads at once.
  target_compile_options(ocimux_settings INTERFACE --coverage -fprofile-update=atomic)
  target_link_options(ocimux_settings INTERFACE --coverage)
endif()

if(PROJECT_IS_TOP_LEVEL AND NOT DEFINED CMAKE_CXX_COMPILER_LAUNCHER)
  find_program(OCIMUX_CCACHE ccache)
  mark_as_advanced(OCIMUX_CCACHE)
  if(OCIMUX_CCACHE)
    set(CMAKE_CXX_COMPILER_LAUNCHER ${OCIMUX_CCACHE})
  endif()
endif()

# ocimux_configure(target): the standard and the settings above.
function(ocimux_configure target)
  target_compile_features(${target} PUBLIC cxx_std_20)
  set_target_properties(${target} PROPERTIES CXX_EXTENSIONS OFF)
  # BUILD_INTERFACE: an installed package must not ask for our settings.
  target_link_libraries(${target} PRIVATE $<BUILD_INTERFACE:ocimux_settings>)
endfunction()

# ocimux_group(KIND target source...): compiles sources together that have no name in common
# (cmake/source_groups.py), in half the time; a change then costs its whole group. KIND is TESTS or
# LIBRARY; OCIMUX_GROUPED says which are (ON: both).
set(OCIMUX_GROUPED OFF CACHE STRING "Compile sources in groups: OFF, TESTS or ON")
set_property(CACHE OCIMUX_GROUPED PROPERTY STRINGS OFF TESTS ON)
function(ocimux_group kind target)
  if(NOT OCIMUX_GROUPED OR (OCIMUX_GROUPED STREQUAL "TESTS" AND NOT kind STREQUAL "TESTS"))
    return()
  endif()
  find_package(Python3 REQUIRED COMPONENTS Interpreter)
  execute_process(COMMAND ${Python3_EXECUTABLE} "${PROJECT_SOURCE_DIR}/cmake/source_groups.py" ${ARGN}
    OUTPUT_VARIABLE lines COMMAND_ERROR_IS_FATAL ANY)
  string(STRIP "${lines}" lines)
  string(REPLACE "\n" ";" lines "${lines}")
  foreach(line IN LISTS lines)
    string(REGEX MATCH "^([0-9]+) (.*)$" match "${line}")
    set_property(SOURCE "${CMAKE_MATCH_2}" PROPERTY UNITY_GROUP "group_${CMAKE_MATCH_1}")
  endforeach()
  set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_MODE GROUP)
endfunction()
