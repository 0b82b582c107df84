# Included by llama.cpp's project() calls: the 200 and more model architectures, one small file each,
# are compiled in eight groups. Their common headers are then read eight times and not 200 times,
# which takes a fifth of the time. They describe graphs and compute nothing, so they are optimised
# less; what computes (ggml, a target of its own, and the sampling and tokenization here) stays as
# it is.
if(PROJECT_IS_TOP_LEVEL)
  function(lectern_group_models)
    file(GLOB models "${CMAKE_SOURCE_DIR}/src/models/*.cpp")
    set(number 0)
    foreach(model IN LISTS models)
      math(EXPR number "(${number} + 1) % 8")
      set_source_files_properties("${model}" TARGET_DIRECTORY llama PROPERTIES UNITY_GROUP "models_${number}")
    endforeach()
    set_target_properties(llama PROPERTIES UNITY_BUILD ON UNITY_BUILD_MODE GROUP)
    target_compile_options(llama PRIVATE -O1)
    get_target_property(sources llama SOURCES)
    list(FILTER sources EXCLUDE REGEX "models/")
    list(TRANSFORM sources PREPEND "${CMAKE_SOURCE_DIR}/src/" REGEX "^[^/]")
    set_source_files_properties(${sources} TARGET_DIRECTORY llama PROPERTIES COMPILE_OPTIONS -O3)
  endfunction()
  cmake_language(DEFER CALL lectern_group_models)
endif()
