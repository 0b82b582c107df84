# cmake -DNM=nm -DPLUGIN=file.so -P …: the file exports lectern_plugin_entry and nothing else.
execute_process(COMMAND "${NM}" --dynamic --defined-only --format=posix "${PLUGIN}"
  OUTPUT_VARIABLE symbols COMMAND_ERROR_IS_FATAL ANY)
if(NOT symbols MATCHES "^lectern_plugin_entry [A-Z] [0-9a-f]+ [0-9a-f]*\n$")
  message(FATAL_ERROR "${PLUGIN} must export lectern_plugin_entry alone, and exports:\n${symbols}")
endif()
