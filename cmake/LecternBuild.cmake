# How everything of ours is built: one place for flags, output folders, plugins and tests.

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_C_STANDARD 11)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_CXX_VISIBILITY_PRESET hidden)
set(CMAKE_C_VISIBILITY_PRESET hidden)
set(CMAKE_VISIBILITY_INLINES_HIDDEN ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
# Beside each other as they are when installed, so that the program finds its plugins in both.
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY "${lectern_BINARY_DIR}/bin")
set(CMAKE_LIBRARY_OUTPUT_DIRECTORY "${lectern_BINARY_DIR}/lib")
set(LECTERN_PLUGIN_DIR "lib/lectern/plugins")
set(LECTERN_SQLITE_DIR "lib/lectern/sqlite")
set(LECTERN_PIPELINE_DIR "share/lectern/pipelines")
set(LECTERN_MODEL_DIR "share/lectern/models")

if(PROJECT_IS_TOP_LEVEL AND NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "" FORCE)
endif()

# Every x86-64 of the last ten years has AVX2; what is faster is picked at run time by the libraries.
if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
  add_compile_options(-march=x86-64-v3)
endif()

find_program(LECTERN_CCACHE ccache)
if(LECTERN_CCACHE)
  # Checkouts in different folders share what they compile: paths below the checkout count as relative.
  set(launcher "${CMAKE_COMMAND}" -E env "CCACHE_BASEDIR=${lectern_SOURCE_DIR}" CCACHE_NOHASHDIR=1 "${LECTERN_CCACHE}")
  set(CMAKE_C_COMPILER_LAUNCHER "${launcher}")
  set(CMAKE_CXX_COMPILER_LAUNCHER "${launcher}")
endif()
find_program(LECTERN_MOLD mold)
if(LECTERN_MOLD)
  add_link_options(-fuse-ld=mold)
endif()

if(LECTERN_SANITIZE)
  add_compile_options(-fsanitize=${LECTERN_SANITIZE} -fno-omit-frame-pointer -g1)
  add_link_options(-fsanitize=${LECTERN_SANITIZE})
  if(LECTERN_SANITIZE MATCHES "undefined")
    add_compile_options(-fno-sanitize-recover=all)
  endif()
endif()

# Flags for a target of ours.
function(lectern_target name)
  target_include_directories(${name} PRIVATE "${lectern_SOURCE_DIR}" "${lectern_SOURCE_DIR}/include")
  target_compile_options(${name} PRIVATE -Wall -Wextra -Wpedantic)
  if(LECTERN_DEVELOPER)
    target_compile_options(${name} PRIVATE -Werror)
  endif()
endfunction()

# lectern_precompile(name header ...): heavy headers are read once for all files of a target. Not in a
# developer's build, where a file that forgets an include must fail, and ccache does better.
function(lectern_precompile name)
  if(NOT LECTERN_DEVELOPER)
    target_precompile_headers(${name} PRIVATE ${ARGN})
  endif()
endfunction()

# lectern_group(name FILES a.cpp ... OTHERS b.c ...): gives a target files that include six of FILES
# each, and OTHERS. They name them from the root of the sources, so that checkouts in different folders
# share what they compile (CMake's UNITY_BUILD writes whole paths).
function(lectern_group name)
  cmake_parse_arguments(arg "" "" "FILES;OTHERS" ${ARGN})
  set(ARGN ${arg_FILES})
  set(sources ${arg_OTHERS})
  set(number 0)
  while(ARGN)
    math(EXPR number "${number} + 1")
    list(SUBLIST ARGN 0 6 group)
    list(LENGTH ARGN left)
    if(left GREATER 6)
      list(SUBLIST ARGN 6 -1 ARGN)
    else()
      set(ARGN "")
    endif()
    set(lines "")
    foreach(source IN LISTS group)
      cmake_path(RELATIVE_PATH source BASE_DIRECTORY "${lectern_SOURCE_DIR}")
      string(APPEND lines "#include \"${source}\"\n")
    endforeach()
    set(file "${CMAKE_CURRENT_BINARY_DIR}/${name}_group_${number}.cpp")
    file(CONFIGURE OUTPUT "${file}" CONTENT "${lines}" @ONLY)
    list(APPEND sources "${file}")
  endwhile()
  set_target_properties(${name} PROPERTIES SOURCES "${sources}")
  # GCC takes a file of a group for a header, in which a type of an unnamed namespace is a mistake.
  target_compile_options(${name} PRIVATE $<$<COMPILE_LANG_AND_ID:CXX,GNU>:-Wno-subobject-linkage>)
endfunction()

# lectern_grouped(name): compiles the files of a target in groups, which more than halves the time of a
# build from nothing. -DLECTERN_GROUPED=OFF is for those who change one file after the other. A file that
# forgets an include is found by tests with the label `long` (build.alone.*).
option(LECTERN_GROUPED "Compile the files of a target in groups" ON)
function(lectern_grouped name)
  get_target_property(sources ${name} SOURCES)
  set(files "")
  set(others "")
  foreach(source IN LISTS sources)
    set(as_given "${source}")
    cmake_path(ABSOLUTE_PATH source)
    cmake_path(IS_PREFIX lectern_SOURCE_DIR "${source}" ours)
    cmake_path(IS_PREFIX lectern_BINARY_DIR "${source}" made)
    if(source MATCHES "\\.cpp$" AND ours AND NOT made)
      list(APPEND files "${source}")
    else()
      list(APPEND others "${as_given}")
    endif()
  endforeach()
  list(LENGTH files count)
  if(LECTERN_GROUPED AND count GREATER 1)
    lectern_group(${name} FILES ${files} OTHERS ${others})
  endif()
  if(NOT LECTERN_TESTS OR LECTERN_SANITIZE OR NOT files)
    return()
  endif()
  set(includes "$<TARGET_PROPERTY:${name},INCLUDE_DIRECTORIES>")
  set(definitions "$<TARGET_PROPERTY:${name},COMPILE_DEFINITIONS>")
  add_test(NAME build.alone.${name} COMMAND_EXPAND_LISTS
    COMMAND "${CMAKE_CXX_COMPILER}" -std=c++20 "$<TARGET_PROPERTY:${name},COMPILE_OPTIONS>" -w -fsyntax-only
      "$<$<BOOL:${includes}>:-I$<JOIN:${includes},;-I>>"
      "$<$<BOOL:${definitions}>:-D$<JOIN:${definitions},;-D>>" ${files})
  set_tests_properties(build.alone.${name} PROPERTIES LABELS long TIMEOUT 1800)
endfunction()

# lectern_library(name SOURCES a.cpp ... LIBRARIES x ...): a static library, a room of the engine.
function(lectern_library name)
  cmake_parse_arguments(arg "" "" "SOURCES;LIBRARIES" ${ARGN})
  add_library(${name} STATIC ${arg_SOURCES})
  lectern_target(${name})
  target_link_libraries(${name} PUBLIC ${arg_LIBRARIES})
  lectern_grouped(${name})
endfunction()

# lectern_plugin(name SOURCES a.cpp ... LIBRARIES x ...): one shared object in the plugins folder.
function(lectern_plugin name)
  cmake_parse_arguments(arg "" "" "SOURCES;LIBRARIES" ${ARGN})
  set(target lectern_plugin_${name})
  add_library(${target} MODULE ${arg_SOURCES})
  lectern_target(${target})
  target_link_libraries(${target} PRIVATE ${arg_LIBRARIES})
  lectern_grouped(${target})
  set_target_properties(${target} PROPERTIES
    PREFIX "" OUTPUT_NAME ${name}
    LIBRARY_OUTPUT_DIRECTORY "${lectern_BINARY_DIR}/${LECTERN_PLUGIN_DIR}"
    LINK_DEPENDS "${lectern_SOURCE_DIR}/cmake/plugin_exports.map")
  target_link_options(${target} PRIVATE
    "-Wl,--version-script=${lectern_SOURCE_DIR}/cmake/plugin_exports.map" -Wl,--no-undefined)
  lectern_install(${target} "${LECTERN_PLUGIN_DIR}")
  if(LECTERN_TESTS)
    add_test(NAME plugins.${name}_exports_its_entry_alone
      COMMAND "${CMAKE_COMMAND}" "-DNM=${CMAKE_NM}" "-DPLUGIN=$<TARGET_FILE:${target}>"
        -P "${lectern_SOURCE_DIR}/cmake/check_plugin_exports.cmake")
    set_tests_properties(plugins.${name}_exports_its_entry_alone PROPERTIES
      LABELS integration TIMEOUT 60)
  endif()
endfunction()

# lectern_test(name SOURCES a_test.cpp ... LIBRARIES x ... [LABELS unit] [PREFIX word]): a GoogleTest
# program whose cases are ctest's cases, named "word.Suite.Case" with a prefix. WHOLE_LEAK_STACKS: leaks are traced through libraries without frame
# pointers, slowly, so that a suppression can name them.
function(lectern_test name)
  if(NOT LECTERN_TESTS)
    return()
  endif()
  cmake_parse_arguments(arg "WHOLE_LEAK_STACKS" "TIMEOUT;PREFIX" "SOURCES;LIBRARIES;LABELS" ${ARGN})
  set(prefix "")
  if(arg_PREFIX)
    set(prefix TEST_PREFIX "${arg_PREFIX}.")
  endif()
  if(NOT arg_LABELS)
    set(arg_LABELS unit)
  endif()
  if(NOT arg_TIMEOUT)
    set(arg_TIMEOUT 300)
  endif()
  add_executable(${name} ${arg_SOURCES})
  lectern_target(${name})
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${lectern_BINARY_DIR}/tests")
  target_link_libraries(${name} PRIVATE ${arg_LIBRARIES} GTest::gtest GTest::gmock GTest::gtest_main)
  target_include_directories(${name} PRIVATE "${lectern_BINARY_DIR}/generated")
  if(LECTERN_SANITIZE) # the slowest of them by twenty times
    math(EXPR arg_TIMEOUT "${arg_TIMEOUT} * 4")
  endif()
  set(more "")
  if(arg_WHOLE_LEAK_STACKS AND LECTERN_SANITIZE MATCHES "address")
    set(more ENVIRONMENT_MODIFICATION "ASAN_OPTIONS=string_append::fast_unwind_on_malloc=0")
  endif()
  gtest_discover_tests(${name} DISCOVERY_MODE PRE_TEST ${prefix}
    PROPERTIES LABELS "${arg_LABELS}" TIMEOUT ${arg_TIMEOUT} ${more})
endfunction()

# lectern_skipped_test(name reason): in the place of tests that cannot run in this build, so that
# ctest lists them as skipped.
function(lectern_skipped_test name reason)
  add_test(NAME ${name} COMMAND "${CMAKE_COMMAND}" -E echo "skipped: ${reason}")
  set_tests_properties(${name} PROPERTIES LABELS integration SKIP_REGULAR_EXPRESSION "^skipped: ")
endfunction()

configure_file(cmake/test_folders.hpp.in generated/test_folders.hpp @ONLY)
if(LECTERN_TESTS)
  enable_testing()
  include(GoogleTest)
endif()
