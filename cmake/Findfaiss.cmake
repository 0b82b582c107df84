# Finds FAISS 1.10 or later: target faiss::faiss, faiss_VERSION, LECTERN_FAISS_LIBRARY_DIR.
# Debian 12's own FAISS (1.7.3, several times slower) is too old and is passed over.
find_package(faiss 1.10 QUIET CONFIG)
if(NOT faiss_FOUND AND LECTERN_FAISS_ROOT)
  find_package(faiss 1.10 QUIET CONFIG PATHS "${LECTERN_FAISS_ROOT}" NO_DEFAULT_PATH)
endif()

if(faiss_FOUND AND NOT TARGET faiss::faiss)
  # FAISS names its target "faiss"; a namespaced name makes a typing error an error.
  add_library(faiss::faiss INTERFACE IMPORTED)
  set_target_properties(faiss::faiss PROPERTIES INTERFACE_LINK_LIBRARIES faiss)
endif()
if(TARGET faiss)
  get_target_property(_faiss_location faiss LOCATION)
  get_filename_component(LECTERN_FAISS_LIBRARY_DIR "${_faiss_location}" DIRECTORY)
  unset(_faiss_location)
endif()

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(faiss REQUIRED_VARS faiss_DIR LECTERN_FAISS_LIBRARY_DIR
  VERSION_VAR faiss_VERSION
  REASON_FAILURE_MESSAGE "FAISS 1.10 or later is not installed. ${LECTERN_MISSING_HINT} \
-Dfaiss_DIR=<folder of faiss-config.cmake>.")
