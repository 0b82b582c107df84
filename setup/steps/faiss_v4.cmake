# Included by FAISS's project() call: adds the target faiss_v4, the library for CPUs with AVX-512.
# Only the sources that Lectern's searches spend their time in, and whose code differs with
# AVX-512, are compiled twice; the rest is shared, which halves the time of the two builds.
# The shared sources lay out no class differently: FAISS's structures do not depend on the
# instruction set.
# The rest is also optimised less: Lectern reaches it at the opening of an index at most.
if(PROJECT_IS_TOP_LEVEL)
  function(lectern_add_faiss_v4)
    set(twice
      IndexFlat.cpp IndexHNSW.cpp IndexScalarQuantizer.cpp
      impl/HNSW.cpp impl/ScalarQuantizer.cpp
      utils/distances.cpp utils/distances_simd.cpp
      utils/distances_fused/avx512.cpp utils/distances_fused/distances_fused.cpp
      utils/distances_fused/simdlib_based.cpp utils/partitioning.cpp)
    set(here "${CMAKE_SOURCE_DIR}/faiss")
    get_target_property(sources faiss SOURCES)
    foreach(source IN LISTS twice)
      if(NOT source IN_LIST sources)
        message(FATAL_ERROR "FAISS has no ${source}: correct setup/steps/faiss_v4.cmake")
      endif()
    endforeach()
    list(REMOVE_ITEM sources ${twice})
    list(TRANSFORM sources PREPEND "${here}/")
    list(TRANSFORM twice PREPEND "${here}/")

    find_package(OpenMP REQUIRED)  # FAISS's own call sees to its folder alone
    add_library(faiss_shared OBJECT ${sources})
    add_library(faiss_v4 SHARED ${twice} $<TARGET_OBJECTS:faiss_shared>)
    set_property(TARGET faiss PROPERTY SOURCES ${twice} $<TARGET_OBJECTS:faiss_shared>)
    foreach(property INCLUDE_DIRECTORIES COMPILE_DEFINITIONS COMPILE_OPTIONS LINK_LIBRARIES)
      get_target_property(value faiss ${property})
      if(value)
        set_property(TARGET faiss_shared faiss_v4 PROPERTY ${property} ${value})
      endif()
    endforeach()
    set_target_properties(faiss_shared faiss_v4 PROPERTIES POSITION_INDEPENDENT_CODE ON)
    target_compile_options(faiss_v4 PRIVATE ${LECTERN_FAISS_V4_FLAGS})
    target_compile_options(faiss_shared PRIVATE -O1)
    set_target_properties(faiss_v4 PROPERTIES
      OUTPUT_NAME faiss LIBRARY_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/v4")
  endfunction()
  cmake_language(DEFER CALL lectern_add_faiss_v4)
endif()
