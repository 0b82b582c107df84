#!/usr/bin/env bash
# OpenVINO's runtime, headers and CMake files, and the oneTBB it was built with,
# out of the wheel. Python's part and the GPU and NPU plugins stay behind.
set -euo pipefail
# shellcheck source=../paths.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/../paths.sh"
# shellcheck source=../common.sh
source "$LECTERN_SETUP_DIR/common.sh"
# shellcheck source=../fetch.sh
source "$LECTERN_SETUP_DIR/fetch.sh"

with_lock openvino
! artefact_ready openvino || exit 0
need unzip unzip
fetch_python_package wheel openvino "$OPENVINO_VERSION" "$OPENVINO_SHA256"

stage=$LECTERN_CACHE/.work/$(basename -- "$OPENVINO_DIR")
rm -rf "$stage"
mkdir -p "$stage"
# OpenVINO's CMake files look for themselves in <prefix>/openvino/, so that name stays.
unzip -q "$FETCHED" 'openvino/libs/*' 'openvino/include/*' 'openvino/cmake/*' 'openvino-*.dist-info/licenses/*' \
    -x '*/libopenvino_intel_gpu_plugin.so' '*/libopenvino_intel_npu_plugin.so' '*/cache.json' -d "$stage"
mv "$stage"/openvino-*.dist-info/licenses "$stage/licenses"
rmdir "$stage"/openvino-*.dist-info
# Names without a version, for whoever links with -lopenvino or -ltbb.
cd "$stage/openvino/libs"
for library in *.so.*; do
    ln -s "$library" "${library%%.so.*}.so"
done
mv -T "$stage" "$OPENVINO_DIR"
forget_download openvino "$OPENVINO_VERSION"
