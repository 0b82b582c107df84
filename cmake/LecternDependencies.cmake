# The libraries that Lectern stands on. Installed copies are found first; what quickstart has built
# in LECTERN_CACHE is found next. DESIGN and versions: setup/versions.sh.

include(LecternCache) # adds LECTERN_CACHE's artefacts behind the system's search path

find_package(Threads REQUIRED)
find_package(Boost 1.81 REQUIRED COMPONENTS json)
find_package(ICU 70 REQUIRED COMPONENTS uc i18n data)
find_package(RocksDB 7.8 REQUIRED CONFIG)
find_package(yaml-cpp 0.7 REQUIRED CONFIG)
find_package(CLI11 2.1 REQUIRED CONFIG)
find_package(OpenVINO REQUIRED COMPONENTS Runtime) # LecternCache has checked its version
find_package(TBB REQUIRED CONFIG)
find_package(faiss 1.10 REQUIRED)
find_package(llama REQUIRED)
find_package(pugixml 1.12 REQUIRED CONFIG)
find_package(CURL 7.85 REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(fasttext REQUIRED IMPORTED_TARGET fasttext)
pkg_check_modules(gsf REQUIRED IMPORTED_TARGET libgsf-1)
pkg_check_modules(gumbo REQUIRED IMPORTED_TARGET gumbo)
pkg_check_modules(gmime REQUIRED IMPORTED_TARGET gmime-3.0)
pkg_check_modules(libarchive REQUIRED IMPORTED_TARGET libarchive)
pkg_check_modules(libzip REQUIRED IMPORTED_TARGET libzip)
pkg_check_modules(tomlplusplus REQUIRED IMPORTED_TARGET tomlplusplus)
# Debian's libstemmer-dev has neither a pkg-config nor a CMake file.
find_path(STEMMER_INCLUDE_DIR libstemmer.h REQUIRED)
find_library(STEMMER_LIBRARY stemmer REQUIRED)
mark_as_advanced(STEMMER_INCLUDE_DIR STEMMER_LIBRARY)
# The extension for SQLite takes its functions from the program that loads it.
find_path(SQLITE_INCLUDE_DIR sqlite3ext.h REQUIRED)
mark_as_advanced(SQLITE_INCLUDE_DIR)
# Debian's sentencepiece.pc asks for the training library too, which nothing here uses.
find_path(SENTENCEPIECE_INCLUDE_DIR sentencepiece_processor.h REQUIRED)
find_library(SENTENCEPIECE_LIBRARY sentencepiece REQUIRED)
mark_as_advanced(SENTENCEPIECE_INCLUDE_DIR SENTENCEPIECE_LIBRARY)
if(LECTERN_TESTS)
  find_library(SQLITE_LIBRARY sqlite3 REQUIRED) # a program in C that does
  mark_as_advanced(SQLITE_LIBRARY)
  find_package(GTest 1.12 REQUIRED CONFIG)
  find_package(benchmark 1.7 REQUIRED CONFIG)
  find_package(Python3 3.9 REQUIRED COMPONENTS Interpreter) # tests only
endif()
