# What `cmake --install` gives. The tree works from any prefix: everything of ours finds the rest by
# paths relative to itself, and the libraries that came from LECTERN_CACHE (OpenVINO with its TBB,
# FAISS, llama.cpp) go along into lib/lectern/libraries. What stays outside are the system's packages
# and the models.

option(LECTERN_INSTALL "Install Lectern with the project" ${PROJECT_IS_TOP_LEVEL})
option(LECTERN_BUNDLE "Install the libraries of LECTERN_CACHE along" ON)
set(LECTERN_LIBRARIES_DIR "lib/lectern/libraries")

# Sets LECTERN_BUNDLED (names) and LECTERN_OUTSIDE_DIRS: folders of libraries that are neither in the
# cache nor where the system's linker looks.
set(LECTERN_BUNDLED)
set(LECTERN_OUTSIDE_DIRS)
get_target_property(_lectern_tbb TBB::tbb LOCATION)
get_filename_component(LECTERN_TBB_LIBRARY_DIR "${_lectern_tbb}" DIRECTORY)
set(LECTERN_TBB_ROOT "${LECTERN_OPENVINO_ROOT}")
unset(_lectern_tbb)
foreach(_lectern_name OPENVINO TBB FAISS LLAMA)
  set(_lectern_dir "${LECTERN_${_lectern_name}_LIBRARY_DIR}")
  cmake_path(IS_PREFIX LECTERN_${_lectern_name}_ROOT "${_lectern_dir}" NORMALIZE _lectern_cached)
  if(LECTERN_BUNDLE AND _lectern_cached)
    list(APPEND LECTERN_BUNDLED ${_lectern_name})
  elseif(NOT _lectern_dir IN_LIST CMAKE_C_IMPLICIT_LINK_DIRECTORIES)
    list(APPEND LECTERN_OUTSIDE_DIRS "${_lectern_dir}")
  endif()
endforeach()
list(REMOVE_DUPLICATES LECTERN_OUTSIDE_DIRS)
unset(_lectern_name)
unset(_lectern_dir)
unset(_lectern_cached)

# lectern_install(target folder [EXPORT]): `folder` is relative to the prefix.
function(lectern_install target folder)
  cmake_parse_arguments(arg "EXPORT" "" "" ${ARGN})
  set(run_path)
  foreach(needed "${CMAKE_INSTALL_LIBDIR}" "${LECTERN_LIBRARIES_DIR}")
    file(RELATIVE_PATH relative "/prefix/${folder}" "/prefix/${needed}")
    string(REGEX REPLACE "/+$" "" relative "$ORIGIN/${relative}")
    list(APPEND run_path "${relative}")
  endforeach()
  set_target_properties(${target} PROPERTIES
    INSTALL_RPATH "${run_path};${LECTERN_OUTSIDE_DIRS};${CMAKE_INSTALL_RPATH}")
  if(NOT LECTERN_INSTALL)
    return()
  endif()
  set(export)
  if(arg_EXPORT)
    set(export EXPORT lectern)
  endif()
  install(TARGETS ${target} ${export}
    RUNTIME DESTINATION "${folder}" LIBRARY DESTINATION "${folder}"
    INCLUDES DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}")
endfunction()

# The rest, called once when all targets are there.
function(lectern_install_package)
  # Headers only, for plugins. No compile features: a plugin may be plain C.
  add_library(lectern_plugin_headers INTERFACE)
  add_library(lectern::plugin ALIAS lectern_plugin_headers)
  set_target_properties(lectern_plugin_headers PROPERTIES EXPORT_NAME plugin)
  target_include_directories(lectern_plugin_headers INTERFACE
    "$<BUILD_INTERFACE:${lectern_SOURCE_DIR}/include>")
  if(NOT LECTERN_INSTALL)
    return()
  endif()
  install(TARGETS lectern_plugin_headers EXPORT lectern
    INCLUDES DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}")
  install(DIRECTORY "${lectern_SOURCE_DIR}/include/lectern"
    DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}")
  install(FILES "${lectern_SOURCE_DIR}/LICENSE" DESTINATION share/lectern/licenses RENAME lectern)

  set(package "${CMAKE_INSTALL_LIBDIR}/cmake/lectern")
  install(EXPORT lectern NAMESPACE lectern:: FILE lecternTargets.cmake DESTINATION "${package}")
  include(CMakePackageConfigHelpers)
  configure_package_config_file("${lectern_SOURCE_DIR}/cmake/lecternConfig.cmake.in"
    "${lectern_BINARY_DIR}/lecternConfig.cmake" INSTALL_DESTINATION "${package}"
    PATH_VARS LECTERN_PLUGIN_DIR NO_CHECK_REQUIRED_COMPONENTS_MACRO)
  write_basic_package_version_file("${lectern_BINARY_DIR}/lecternConfigVersion.cmake"
    COMPATIBILITY SameMinorVersion)
  install(FILES "${lectern_BINARY_DIR}/lecternConfig.cmake"
    "${lectern_BINARY_DIR}/lecternConfigVersion.cmake" DESTINATION "${package}")

  set(pkgconfig "${CMAKE_INSTALL_LIBDIR}/pkgconfig")
  file(RELATIVE_PATH LECTERN_PC_PREFIX "/prefix/${pkgconfig}" "/prefix")
  string(REGEX REPLACE "/+$" "" LECTERN_PC_PREFIX "${LECTERN_PC_PREFIX}")
  configure_file("${lectern_SOURCE_DIR}/cmake/lectern.pc.in" "${lectern_BINARY_DIR}/lectern.pc" @ONLY)
  install(FILES "${lectern_BINARY_DIR}/lectern.pc" DESTINATION "${pkgconfig}")

  # All of them have the run path $ORIGIN, and FAISS's AVX-512 variant is where the loader looks.
  set(patterns_OPENVINO # the CPU device, and readers of its own files and of ONNX
    PATTERN "libopenvino.so.*" PATTERN "libopenvino_intel_cpu_plugin.so"
    PATTERN "libopenvino_ir_frontend.so.*" PATTERN "libopenvino_onnx_frontend.so.*")
  set(patterns_TBB PATTERN "libtbb*.so.*" PATTERN "libhwloc.so.*")
  set(patterns_FAISS PATTERN "libfaiss.so")
  set(patterns_LLAMA PATTERN "libllama.so*" PATTERN "libggml*.so*")
  foreach(name IN LISTS LECTERN_BUNDLED)
    install(DIRECTORY "${LECTERN_${name}_LIBRARY_DIR}/" DESTINATION "${LECTERN_LIBRARIES_DIR}"
      USE_SOURCE_PERMISSIONS FILES_MATCHING ${patterns_${name}}
      PATTERN cmake EXCLUDE
      PATTERN pkgconfig EXCLUDE)
    if(EXISTS "${LECTERN_${name}_ROOT}/licenses")
      string(TOLOWER "${name}" folder)
      install(DIRECTORY "${LECTERN_${name}_ROOT}/licenses/"
        DESTINATION "share/lectern/licenses/${folder}")
    endif()
  endforeach()
endfunction()
