# ocimux_layer(NAME [OUTSIDE_LIBRARY] [USES layer...] [LINKS target...] [HEADERS_OF target...]
#              [DEFINES definition...])
#
# Declares one layer of the house: the object library ocimux_layer_NAME of
# src/NAME/*.cpp. USES names the layers it may include; they must have been
# declared before, so that a cycle cannot be written down. The same list feeds
# the layering test (cmake/check_layering.py).
# LINKS are third-party libraries, HEADERS_OF header-only ones, which nobody
# needs any more once ocimux is built. With OUTSIDE_LIBRARY the layer is not
# part of the library `ocimux`.
function(ocimux_layer name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "OUTSIDE_LIBRARY" "" "USES;LINKS;HEADERS_OF;DEFINES")
  if(arg_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "ocimux_layer(${name}): unknown arguments ${arg_UNPARSED_ARGUMENTS}")
  endif()

  set(layer ocimux_layer_${name})
  file(GLOB sources CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/${name}/*.cpp")
  # main() belongs to the program alone; tests bring their own.
  list(FILTER sources EXCLUDE REGEX "/main\\.cpp$")

  if(sources)
    add_library(${layer} OBJECT ${sources})
    ocimux_configure(${layer})
    ocimux_group(LIBRARY ${layer} ${sources})
    set_target_properties(${layer} PROPERTIES POSITION_INDEPENDENT_CODE ON)
    target_include_directories(${layer} PUBLIC
      "${PROJECT_SOURCE_DIR}/include" "${PROJECT_SOURCE_DIR}/src")
    target_compile_definitions(${layer} PRIVATE ${arg_DEFINES})
    target_link_libraries(${layer} PRIVATE ${arg_LINKS} ${arg_HEADERS_OF})
  else()
    add_library(${layer} INTERFACE) # headers only
  endif()

  foreach(used IN LISTS arg_USES)
    if(NOT TARGET ocimux_layer_${used})
      message(FATAL_ERROR "layer ${name} uses ${used}, which is not declared above it")
    endif()
    get_target_property(kind ocimux_layer_${used} TYPE)
    if(sources AND kind STREQUAL "OBJECT_LIBRARY")
      target_link_libraries(${layer} PRIVATE ocimux_layer_${used})
    endif()
  endforeach()

  if(NOT arg_OUTSIDE_LIBRARY AND sources)
    target_sources(ocimux PRIVATE $<TARGET_OBJECTS:${layer}>)
    target_link_libraries(ocimux PRIVATE ${arg_LINKS})
  endif()

  list(JOIN arg_USES " " uses)
  set_property(GLOBAL APPEND PROPERTY OCIMUX_LAYERS ${name})
  set_property(GLOBAL APPEND_STRING PROPERTY OCIMUX_LAYER_LIST "${name}: ${uses}\n")
endfunction()
