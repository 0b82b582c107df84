// Owners of llama.cpp's C objects.
#pragma once

#include <gguf.h>
#include <llama.h>

#include <memory>

namespace lectern::gpt {

struct Release {
    void operator()(llama_model* model) const noexcept { llama_model_free(model); }
    void operator()(llama_context* context) const noexcept { llama_free(context); }
    void operator()(llama_sampler* sampler) const noexcept { llama_sampler_free(sampler); }
    void operator()(gguf_context* file) const noexcept { gguf_free(file); }
};

using ModelHandle = std::unique_ptr<llama_model, Release>;
using ContextHandle = std::unique_ptr<llama_context, Release>;
using SamplerHandle = std::unique_ptr<llama_sampler, Release>;
using GgufHandle = std::unique_ptr<gguf_context, Release>;

}  // namespace lectern::gpt
