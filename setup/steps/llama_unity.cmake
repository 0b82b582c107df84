# Included by llama.cpp's project() calls: the 200 and more model architectures, one small file each,
# are compiled in eight groups. Their common headers are then read eight times and not 200 times,
# which takes a fifth of the time. What is computed with stays as it is.
if(PROJECT_IS_TOP_LEVEL)
  function(lectern_group_models)
    file(GLOB models "${CMAKE_SOURCE_DIR}/src/models/*.cpp")
    set(number 0)
    foreach(model IN LISTS models)
      math(EXPR number "(${number} + 1) % 8")
      set_source_files_properties("${model}" TARGET_DIRECTORY llama PROPERTIES UNITY_GROUP "models_${number}")
    endforeach()
    set_target_properties(llama PROPERTIES UNITY_BUILD ON UNITY_BUILD_MODE GROUP)
  endfunction()
  cmake_language(DEFER CALL lectern_group_models)
endif()
