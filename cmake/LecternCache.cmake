# Where the libraries are that no distribution package brings. Installed copies
# (CMAKE_PREFIX_PATH, <Package>_DIR, the system) come first; what setup/third-party.sh
# made in LECTERN_CACHE comes next. Include it before the find_package() calls:
#
#   find_package(OpenVINO), find_package(TBB CONFIG)   settled here, so that TBB is the one
#                       OpenVINO runs on; openvino::runtime, TBB::tbb
#   find_package(faiss), find_package(llama)           Findfaiss.cmake, Findllama.cmake
#
# Sets LECTERN_MODELS_DIR (the default models), LECTERN_OPENVINO_LIBRARY_DIR, and
# LECTERN_{OPENVINO,FAISS,LLAMA}_ROOT (folders in the cache, whether made or not).

include_guard(GLOBAL)

find_program(LECTERN_BASH bash REQUIRED)
mark_as_advanced(LECTERN_BASH)
execute_process(
  COMMAND "${CMAKE_COMMAND}" -E env "LECTERN_CACHE=${LECTERN_CACHE}"
    "${LECTERN_BASH}" "${CMAKE_CURRENT_LIST_DIR}/../setup/paths.sh" --cmake
  OUTPUT_VARIABLE _lectern_paths COMMAND_ERROR_IS_FATAL ANY)
cmake_language(EVAL CODE "${_lectern_paths}")
unset(_lectern_paths)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS
  "${CMAKE_CURRENT_LIST_DIR}/../setup/paths.sh"
  "${CMAKE_CURRENT_LIST_DIR}/../setup/versions.sh")

set(LECTERN_MISSING_HINT
  "It is not in ${LECTERN_CACHE} either. Run ./quickstart, or setup/third-party.sh alone, to \
make it there, or pass")

# A build tree configured before an artefact's version or flags changed, or with another
# cache, must not go on with the old one.
function(_lectern_forget_stale variable root)
  if(DEFINED CACHE{${variable}}
      AND "$CACHE{${variable}}" MATCHES "/(openvino|faiss)-[0-9.]+-[0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f](/|$)")
    string(FIND "$CACHE{${variable}}/" "${root}/" position)
    if(NOT position EQUAL 0)
      unset(${variable} CACHE)
    endif()
  endif()
endfunction()
_lectern_forget_stale(OpenVINO_DIR "${LECTERN_OPENVINO_ROOT}")
_lectern_forget_stale(TBB_DIR "${LECTERN_OPENVINO_ROOT}")
_lectern_forget_stale(faiss_DIR "${LECTERN_FAISS_ROOT}")

# OpenVINO's version file accepts the asked year only, so each is asked for; this also keeps
# a later find_package(OpenVINO) without a version on the same copy.
foreach(_lectern_year 2027 2026 2025 2024)
  if(NOT OpenVINO_FOUND)
    find_package(OpenVINO ${_lectern_year} QUIET CONFIG COMPONENTS Runtime Threading)
  endif()
endforeach()
unset(_lectern_year)
if(NOT OpenVINO_FOUND)
  find_package(OpenVINO QUIET CONFIG COMPONENTS Runtime Threading
    PATHS "${LECTERN_OPENVINO_ROOT}/openvino/cmake" NO_DEFAULT_PATH)
endif()
if(NOT OpenVINO_FOUND)
  message(FATAL_ERROR "OpenVINO 2024 or later is not installed. ${LECTERN_MISSING_HINT} "
    "-DOpenVINO_DIR=<folder of OpenVINOConfig.cmake>.")
endif()
get_target_property(_lectern_location openvino::runtime LOCATION)
get_filename_component(LECTERN_OPENVINO_LIBRARY_DIR "${_lectern_location}" DIRECTORY)
unset(_lectern_location)
message(STATUS "OpenVINO ${OpenVINO_VERSION}: ${LECTERN_OPENVINO_LIBRARY_DIR}")
message(STATUS "oneTBB ${TBB_VERSION}: ${TBB_DIR}")
