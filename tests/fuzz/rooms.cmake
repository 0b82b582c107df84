# What the preset "fuzz" configures instead of all rooms: the small ones whole; of the large ones
# tests/fuzz/CMakeLists.txt names the files it needs.
find_package(OpenSSL 3.0 REQUIRED)
find_package(ZLIB REQUIRED)
# FAISS calls GCC's OpenMP, whose header clang does not take: what we call of it is declared here.
find_program(LECTERN_GCC NAMES g++ REQUIRED)
execute_process(COMMAND "${LECTERN_GCC}" -print-file-name=libgomp.so
  OUTPUT_VARIABLE gomp OUTPUT_STRIP_TRAILING_WHITESPACE)
file(CONFIGURE OUTPUT "${lectern_BINARY_DIR}/openmp/omp.h" CONTENT
"#pragma once
typedef struct { unsigned char bytes[4]; } omp_lock_t; // as GCC 12 has it
extern \"C\" void omp_set_num_threads(int);
")
add_library(lectern_fuzz_openmp INTERFACE)
target_include_directories(lectern_fuzz_openmp SYSTEM INTERFACE "${lectern_BINARY_DIR}/openmp")
target_link_libraries(lectern_fuzz_openmp INTERFACE "${gomp}")

foreach(room system api text config index/metadata apps/eval/measures plugins/documents plugins/office
    plugins/mail plugins/archive plugins/data plugins/passages plugins/wordpiece
    tests/fuzz)
  add_subdirectory(${room})
endforeach()
