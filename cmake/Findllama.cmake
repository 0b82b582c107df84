# Finds llama.cpp as shared libraries: target llama::llama (with ggml), and
#   LECTERN_LLAMA_LIBRARY_DIR  the folder of libllama.so and libggml.so
#   LLAMA_BACKEND_DIR          the folder of ggml's CPU backends (libggml-cpu-*.so), to be
#                              passed to ggml_backend_load_all_from_path(); empty when
#                              the backend is linked into ggml
# llama_ROOT and CMAKE_PREFIX_PATH are searched first, then the system, then
# LECTERN_LLAMA_ROOT.
set(_llama_libraries)
foreach(_llama_try "" "NO_DEFAULT_PATH;PATHS;${LECTERN_LLAMA_ROOT}")
  unset(llama_INCLUDE_DIR)
  find_path(llama_INCLUDE_DIR llama.h PATH_SUFFIXES include NO_CACHE ${_llama_try})
  foreach(_llama_name llama ggml ggml-base)
    unset(llama_${_llama_name}_LIBRARY)
    find_library(llama_${_llama_name}_LIBRARY ${_llama_name} PATH_SUFFIXES lib NO_CACHE ${_llama_try})
  endforeach()
  if(llama_INCLUDE_DIR AND llama_llama_LIBRARY AND llama_ggml_LIBRARY AND llama_ggml-base_LIBRARY)
    break()
  endif()
endforeach()

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(llama REQUIRED_VARS
  llama_llama_LIBRARY llama_ggml_LIBRARY llama_ggml-base_LIBRARY llama_INCLUDE_DIR
  REASON_FAILURE_MESSAGE "llama.cpp is not installed as shared libraries. ${LECTERN_MISSING_HINT} \
-Dllama_ROOT=<its install prefix>.")

if(llama_FOUND)
  get_filename_component(LECTERN_LLAMA_LIBRARY_DIR "${llama_llama_LIBRARY}" DIRECTORY)
  set(LLAMA_BACKEND_DIR "")
  foreach(_llama_folder "${LECTERN_LLAMA_LIBRARY_DIR}/ggml" "${LECTERN_LLAMA_LIBRARY_DIR}"
      "${LECTERN_LLAMA_LIBRARY_DIR}/../bin" "${LECTERN_LLAMA_LIBRARY_DIR}/../lib/ggml")
    file(GLOB _llama_backends "${_llama_folder}/libggml-cpu-*.so")
    if(_llama_backends)
      get_filename_component(LLAMA_BACKEND_DIR "${_llama_folder}" ABSOLUTE)
      break()
    endif()
  endforeach()
  if(NOT TARGET llama::llama)
    foreach(_llama_name ggml-base ggml llama)
      add_library(llama::${_llama_name} SHARED IMPORTED)
      set_target_properties(llama::${_llama_name} PROPERTIES
        IMPORTED_LOCATION "${llama_${_llama_name}_LIBRARY}"
        INTERFACE_INCLUDE_DIRECTORIES "${llama_INCLUDE_DIR}"
        INTERFACE_COMPILE_DEFINITIONS "LLAMA_SHARED;GGML_SHARED;GGML_BACKEND_SHARED")
    endforeach()
    set_target_properties(llama::ggml PROPERTIES INTERFACE_LINK_LIBRARIES llama::ggml-base)
    set_target_properties(llama::llama PROPERTIES INTERFACE_LINK_LIBRARIES "llama::ggml;llama::ggml-base")
  endif()
endif()
unset(_llama_try)
unset(_llama_name)
unset(_llama_folder)
unset(_llama_backends)
