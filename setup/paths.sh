#!/usr/bin/env bash
# Where each third-party artefact lives in the cache. Sourced by the other set-up
# scripts; run by CMake as `paths.sh --cmake`, so that folder names are worked out
# in one place only.
set -euo pipefail

LECTERN_SETUP_DIR=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=versions.sh
source "$LECTERN_SETUP_DIR/versions.sh"

# A relative LECTERN_CACHE is taken from the folder of the caller.
LECTERN_CACHE=${LECTERN_CACHE:-${HOME:-$(getent passwd "$EUID" | cut -d: -f6)}/.cache/lectern}
[[ $LECTERN_CACHE == /* ]] || LECTERN_CACHE=$PWD/$LECTERN_CACHE
export LECTERN_CACHE

# The first eight digits of a hash of everything that shapes an artefact.
flags_key() {
    printf '%s\n' "$@" | sha256sum | cut -c1-8
}

OPENVINO_DIR=$LECTERN_CACHE/openvino-$OPENVINO_VERSION-$(flags_key "$OPENVINO_RECIPE" "$OPENVINO_SHA256")
LLAMA_KEY=$(flags_key "$LLAMA_RECIPE" "$LLAMA_SHA256" "$LLAMA_CPU_VARIANTS" "${LLAMA_CMAKE_FLAGS[@]}")
LLAMA_DIR=$LECTERN_CACHE/llama-$LLAMA_VERSION-$LLAMA_KEY
FAISS_DIR=$LECTERN_CACHE/faiss-$FAISS_VERSION-$(flags_key "$FAISS_RECIPE" "$FAISS_CRATE_VERSION" \
    "$FAISS_FLAGS_V3" "$FAISS_FLAGS_V4" "${FAISS_CMAKE_FLAGS[@]}")
# Clients for the server's tests: pinned in setup/clients. (An installed copy has none.)
CLIENTS_DIR=$LECTERN_CACHE/clients-none
if [[ -d $LECTERN_SETUP_DIR/clients ]]; then
    CLIENTS_DIR=$LECTERN_CACHE/clients-$(cat "$LECTERN_SETUP_DIR"/clients/requirements.txt \
        "$LECTERN_SETUP_DIR"/clients/package-lock.json | sha256sum | cut -c1-8)
fi
# What the tests of the Python package run with: pinned in setup/python.
PYTHON_DIR=$LECTERN_CACHE/python-none
if [[ -d $LECTERN_SETUP_DIR/python ]]; then
    PYTHON_DIR=$LECTERN_CACHE/python-$(sha256sum <"$LECTERN_SETUP_DIR/python/requirements.txt" | cut -c1-8)
fi
BERT_DIR=$LECTERN_CACHE/models/$BERT_NAME
GPT_DIR=$LECTERN_CACHE/models/$GPT_NAME
# Models keep plain folder names because people type them; a stamp beside each, written
# last, says which package and recipe it was made from. (Beside, not inside: what is
# inside a model folder is part of the model.)
BERT_STAMP_FILE=$LECTERN_CACHE/models/.$BERT_NAME.stamp
GPT_STAMP_FILE=$LECTERN_CACHE/models/.$GPT_NAME.stamp
BERT_STAMP="$BERT_PACKAGE $BERT_VERSION $BERT_SHA256 recipe $BERT_RECIPE"
TRANSLATE_STAMP_FILE=$LECTERN_CACHE/models/.translate.stamp
GPT_STAMP="$GPT_PACKAGE $GPT_VERSION $GPT_SHA256 recipe $GPT_RECIPE"
TRANSLATE_STAMP="$TRANSLATE_PACKAGE $TRANSLATE_VERSION $TRANSLATE_SHA256 recipe $TRANSLATE_RECIPE"

# artefact_ready NAME: is it there, complete? Library folders are renamed into place
# when they are complete, so being there is enough.
artefact_ready() {
    case $1 in
        openvino) [[ -d $OPENVINO_DIR ]] ;;
        faiss) [[ -d $FAISS_DIR ]] ;;
        llama) [[ -d $LLAMA_DIR ]] ;;
        clients) [[ -f $CLIENTS_DIR/complete ]] ;;
        python) [[ -f $PYTHON_DIR/complete ]] ;;
        bert) [[ -d $BERT_DIR && -f $BERT_STAMP_FILE && $(<"$BERT_STAMP_FILE") == "$BERT_STAMP" ]] ;;
        gpt) [[ -d $GPT_DIR && -f $GPT_STAMP_FILE && $(<"$GPT_STAMP_FILE") == "$GPT_STAMP" ]] ;;
        translate)
            local name
            for name in $TRANSLATE_NAMES; do
                [[ -d $LECTERN_CACHE/models/$name ]] || return 1
            done
            [[ -f $TRANSLATE_STAMP_FILE && $(<"$TRANSLATE_STAMP_FILE") == "$TRANSLATE_STAMP" ]]
            ;;
        *) return 1 ;;
    esac
}

if [[ ${BASH_SOURCE[0]} == "$0" ]]; then
    case ${1:-} in
        --cmake)
            printf 'set(LECTERN_CACHE_DIR [==[%s]==])\n' "$LECTERN_CACHE"
            printf 'set(LECTERN_OPENVINO_ROOT [==[%s]==])\n' "$OPENVINO_DIR"
            printf 'set(LECTERN_FAISS_ROOT [==[%s]==])\n' "$FAISS_DIR"
            printf 'set(LECTERN_LLAMA_ROOT [==[%s]==])\n' "$LLAMA_DIR"
            printf 'set(LECTERN_CLIENTS_DIR [==[%s]==])\n' "$CLIENTS_DIR"
            printf 'set(LECTERN_PYTHON_DIR [==[%s]==])\n' "$PYTHON_DIR"
            printf 'set(LECTERN_MODELS_DIR [==[%s]==])\n' "$LECTERN_CACHE/models"
            ;;
        *)
            printf '%s\n' "$OPENVINO_DIR" "$FAISS_DIR" "$LLAMA_DIR" "$BERT_DIR" "$GPT_DIR"
            ;;
    esac
fi
