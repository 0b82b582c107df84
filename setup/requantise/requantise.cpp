// requantise IN.gguf OUT.gguf BACKEND-DIR: rewrites a model as Q8_0. Run once by the
// set-up, for a model that is only published in a format without fast CPU kernels.
#include <ggml-backend.h>
#include <llama.h>

#include <cstdio>

int main(int argc, char** argv) {
    if (argc != 4) {
        std::fprintf(stderr, "usage: requantise IN.gguf OUT.gguf BACKEND-DIR\n");
        return 1;
    }
    ggml_backend_load_all_from_path(argv[3]);
    llama_backend_init();
    llama_model_quantize_params params = llama_model_quantize_default_params();
    params.ftype = LLAMA_FTYPE_MOSTLY_Q8_0;
    params.allow_requantize = true;
    const uint32_t status = llama_model_quantize(argv[1], argv[2], &params);
    llama_backend_free();
    if (status != 0) {
        std::fprintf(stderr, "requantise: %s could not be rewritten as %s\n", argv[1], argv[2]);
        return 1;
    }
    return 0;
}
