# What the library links with. Read by our own build and, installed beside the
# package's config file, by those who link a static ocimux: one list, so that
# the two cannot differ. Header-only libraries are needed only to build ocimux
# and are found in src/CMakeLists.txt.
set(THREADS_PREFER_PTHREAD_FLAG ON)
find_package(Threads QUIET)
find_package(OpenSSL QUIET COMPONENTS Crypto)
find_package(ZLIB QUIET)
find_package(BZip2 QUIET)
find_package(LibLZMA QUIET)
find_package(LibArchive QUIET)
find_package(CURL 7.85 QUIET)

# None of these has a find module, and not every distribution ships their CMake files.
find_package(PkgConfig QUIET)
if(PkgConfig_FOUND)
  pkg_check_modules(OCIMUX_ZSTD QUIET IMPORTED_TARGET libzstd>=1.4.0)
  pkg_check_modules(OCIMUX_LIBDEFLATE QUIET IMPORTED_TARGET libdeflate)
  pkg_check_modules(OCIMUX_ISAL QUIET IMPORTED_TARGET libisal>=2.30.0)
  pkg_check_modules(OCIMUX_YAML_CPP QUIET IMPORTED_TARGET yaml-cpp>=0.6.3)
endif()

foreach(wanted IN ITEMS
    Threads::Threads OpenSSL::Crypto ZLIB::ZLIB BZip2::BZip2 LibLZMA::LibLZMA
    LibArchive::LibArchive CURL::libcurl PkgConfig::OCIMUX_ZSTD PkgConfig::OCIMUX_LIBDEFLATE
    PkgConfig::OCIMUX_ISAL PkgConfig::OCIMUX_YAML_CPP)
  if(NOT TARGET ${wanted})
    set(OCIMUX_MISSING_DEPENDENCY ${wanted})
    break()
  endif()
endforeach()
