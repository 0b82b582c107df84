# Run by cpack over the staged tree before the package is made: what Debian wants beside the
# installed tree.
set(root "${CPACK_TEMPORARY_DIRECTORY}")
set(here "${CPACK_LECTERN_SOURCE_DIR}/packaging")
if(NOT IS_DIRECTORY "${root}/usr/bin")
  message(FATAL_ERROR "no staged tree in '${root}'")
endif()
# file(INSTALL) would put it before our own folders.
set(destdir "$ENV{DESTDIR}")
unset(ENV{DESTDIR})
set(readable OWNER_READ OWNER_WRITE GROUP_READ WORLD_READ)
set(executable ${readable} OWNER_EXECUTE GROUP_EXECUTE WORLD_EXECUTE)
set(FOLDER_MODE DIRECTORY_PERMISSIONS ${executable})

function(stage_files folder)
  file(INSTALL ${ARGN} DESTINATION "${root}/${folder}" FILE_PERMISSIONS ${readable} ${FOLDER_MODE})
endfunction()
function(stage_programs folder)
  file(INSTALL ${ARGN} DESTINATION "${root}/${folder}" FILE_PERMISSIONS ${executable} ${FOLDER_MODE})
endfunction()
# Without a name and a time inside, so that the same tree gives the same bytes.
function(stage_gzip file folder name)
  file(MAKE_DIRECTORY "${root}/${folder}")
  execute_process(COMMAND gzip -9nc "${file}" OUTPUT_FILE "${root}/${folder}/${name}.gz"
    COMMAND_ERROR_IS_FATAL ANY)
  file(CHMOD "${root}/${folder}/${name}.gz" FILE_PERMISSIONS ${readable})
endfunction()

stage_files(lib/systemd/system "${here}/lectern.service")
stage_files(etc/lectern "${here}/serve.toml")
stage_files(usr/share/lectern/monitoring "${here}/monitoring/lectern-dashboard.json"
  "${here}/monitoring/lectern.rules.yml")
stage_programs(usr/sbin "${here}/lectern-models")
stage_gzip("${here}/lectern.1" usr/share/man/man1 lectern.1)
stage_gzip("${here}/lectern-crash.1" usr/share/man/man1 lectern-crash.1)
stage_gzip("${here}/lectern-models.8" usr/share/man/man8 lectern-models.8)
stage_files(usr/share/doc/lectern "${here}/debian/copyright")
file(GLOB guides "${CPACK_LECTERN_SOURCE_DIR}/docs/*.md")
stage_files(usr/share/doc/lectern ${guides} "${CPACK_LECTERN_SOURCE_DIR}/README.md")
set(setup "${CPACK_LECTERN_SOURCE_DIR}/setup")
stage_files(usr/share/lectern/setup "${setup}/common.sh" "${setup}/fetch.sh" "${setup}/versions.sh")
stage_programs(usr/share/lectern/setup "${setup}/third-party.sh" "${setup}/paths.sh")
stage_programs(usr/share/lectern/setup/steps "${setup}/steps/bert.sh" "${setup}/steps/gpt.sh")

string(TIMESTAMP now "%a, %d %b %Y %H:%M:%S +0000" UTC)
file(WRITE "${root}/../changelog" "lectern (${CPACK_PACKAGE_VERSION}) unstable; urgency=medium

  * Built from the source of this version.

 -- ${CPACK_DEBIAN_PACKAGE_MAINTAINER}  ${now}
")
stage_gzip("${root}/../changelog" usr/share/doc/lectern changelog)
file(REMOVE "${root}/../changelog")
set(ENV{DESTDIR} "${destdir}")
