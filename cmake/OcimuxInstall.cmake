# What `cmake --install` puts in place, so that find_package(ocimux CONFIG) and
# pkg-config find it.
include(CMakePackageConfigHelpers)

set(package_dir "${CMAKE_INSTALL_LIBDIR}/cmake/ocimux")

install(TARGETS ocimux EXPORT ocimux-targets FILE_SET HEADERS)
if(TARGET ocimux_cli)
  install(TARGETS ocimux_cli)
endif()
if(TARGET ocimux_cli)
  install(FILES "${PROJECT_SOURCE_DIR}/docs/schema/verify.json"
    DESTINATION "${CMAKE_INSTALL_DATADIR}/ocimux" RENAME verify.schema.json)
endif()
install(EXPORT ocimux-targets NAMESPACE ocimux:: DESTINATION "${package_dir}")

# find_package(ocimux COMPONENTS gtest); by itself: cmake --install … --component gtest.
install(TARGETS ocimux_gtest EXPORT ocimux-gtest-targets FILE_SET HEADERS COMPONENT gtest)
install(EXPORT ocimux-gtest-targets NAMESPACE ocimux:: DESTINATION "${package_dir}" COMPONENT gtest)

configure_package_config_file(
  "${CMAKE_CURRENT_LIST_DIR}/ocimux-config.cmake.in" "${PROJECT_BINARY_DIR}/ocimux-config.cmake"
  INSTALL_DESTINATION "${package_dir}"
  NO_SET_AND_CHECK_MACRO)
# 0.x: a minor version may break what the one before promised.
write_basic_package_version_file(
  "${PROJECT_BINARY_DIR}/ocimux-config-version.cmake" COMPATIBILITY SameMinorVersion)
install(
  FILES
    "${PROJECT_BINARY_DIR}/ocimux-config.cmake"
    "${PROJECT_BINARY_DIR}/ocimux-config-version.cmake"
    "${CMAKE_CURRENT_LIST_DIR}/OcimuxDependencies.cmake"
  DESTINATION "${package_dir}")

# Relative to the file itself: what is installed may be moved.
file(RELATIVE_PATH OCIMUX_PC_TO_PREFIX "/${CMAKE_INSTALL_LIBDIR}/pkgconfig" "/")
# pkg-config's --static means that everything is static. A static ocimux mostly
# meets shared libraries, so it has to name what it needs in the ordinary way.
if(BUILD_SHARED_LIBS)
  set(OCIMUX_PC_REQUIRES Requires.private)
  set(OCIMUX_PC_LIBS "")
else()
  set(OCIMUX_PC_REQUIRES Requires)
  set(OCIMUX_PC_LIBS "-lbz2 -pthread")
endif()
configure_file("${CMAKE_CURRENT_LIST_DIR}/ocimux.pc.in" "${PROJECT_BINARY_DIR}/ocimux.pc" @ONLY)
install(FILES "${PROJECT_BINARY_DIR}/ocimux.pc" DESTINATION "${CMAKE_INSTALL_LIBDIR}/pkgconfig")
