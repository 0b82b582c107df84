#include "plugins/gpt/generator.hpp"

#include <llama.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <filesystem>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "plugins/gpt/handles.hpp"
#include "plugins/gpt/model_file.hpp"
#include "plugins/gpt/prefix_cache.hpp"
#include "plugins/gpt/prompt.hpp"
#include "plugins/gpt/runtime.hpp"
#include "plugins/gpt/token_picker.hpp"
#include "plugins/gpt/turn.hpp"
#include "plugins/shared/text_stream.hpp"

namespace lectern::gpt {
namespace {

using plugin::Failure;
using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point begin) {
    return std::chrono::duration<double>(Clock::now() - begin).count();
}

std::string metadata(const llama_model* model, const std::string& key) {
    std::array<char, 256> value{};
    const std::int32_t size =
        llama_model_meta_val_str(model, key.c_str(), value.data(), value.size());
    return size < 0 ? std::string() : std::string(value.data());
}

// Models that llama.cpp loads and that cannot continue a text.
void require_decoder(const llama_model* model, const std::string& path) {
    const std::string architecture = metadata(model, "general.architecture");
    const char* kind = nullptr;
    if (metadata(model, architecture + ".attention.causal") == "false" ||
        !llama_model_has_decoder(model)) {
        kind = "an encoder";
    } else if (llama_model_has_encoder(model)) {
        kind = "an encoder with a decoder";
    } else if (llama_model_is_diffusion(model)) {
        kind = "a diffusion model";
    }
    if (kind == nullptr) return;
    throw Failure(LECTERN_UNSUPPORTED, "the model " + path + " (" + architecture + ") is " + kind +
                                           "; a generator needs a decoder such as GPT");
}

ModelHandle load_model(const std::string& path) {
    llama_model_params params = llama_model_default_params();
    params.n_gpu_layers = 0;
    LogCapture log;
    ModelHandle model;
    try {
        model.reset(llama_model_load_from_file(path.c_str(), params));
    } catch (const std::exception& error) {
        throw Failure(LECTERN_CORRUPT, "loading the model " + path + " failed: " + error.what());
    }
    if (model == nullptr) {
        throw Failure(LECTERN_INVALID_ARGUMENT,
                      "llama.cpp cannot load the model " + path + ": " + log.reason());
    }
    require_decoder(model.get(), path);
    return model;
}

template <typename Value, std::size_t size>
Value choice(const char* option, const std::string& value,
             const std::array<std::pair<std::string_view, Value>, size>& choices) {
    std::string known;
    for (const auto& [name, out] : choices) {
        if (name == value) return out;
        known += known.empty() ? "" : ", ";
        known += name;
    }
    throw Failure(LECTERN_INVALID_ARGUMENT, std::string("the option '") + option + "' is '" +
                                                value + "'; it must be one of " + known);
}

llama_flash_attn_type flash_attention(const std::string& value) {
    return choice("flash_attention", value,
                  std::array<std::pair<std::string_view, llama_flash_attn_type>, 3>{
                      {{"auto", LLAMA_FLASH_ATTN_TYPE_AUTO},
                       {"on", LLAMA_FLASH_ATTN_TYPE_ENABLED},
                       {"off", LLAMA_FLASH_ATTN_TYPE_DISABLED}}});
}

ggml_type cache_type(const std::string& value) {
    return choice("cache_precision", value,
                  std::array<std::pair<std::string_view, ggml_type>, 3>{
                      {{"f32", GGML_TYPE_F32}, {"f16", GGML_TYPE_F16}, {"q8_0", GGML_TYPE_Q8_0}}});
}

void check_range(const char* option, std::uint32_t value, std::uint32_t low, std::uint32_t high) {
    if (value >= low && value <= high) return;
    throw Failure(LECTERN_INVALID_ARGUMENT,
                  std::string("the option '") + option + "' is " + std::to_string(value) +
                      "; it must be from " + std::to_string(low) + " to " + std::to_string(high));
}

ContextHandle make_context(llama_model* model, const GeneratorOptions& options,
                           std::uint32_t context_tokens, unsigned threads) {
    llama_context_params params = llama_context_default_params();
    params.n_ctx = context_tokens;
    params.n_batch = std::min(options.batch_tokens, context_tokens);
    params.n_ubatch = params.n_batch;
    params.n_seq_max = 2;  // what was read last, and the fixed part of prompts
    params.kv_unified = true;
    params.n_outputs_max = params.n_seq_max;  // only a piece's last token has logits
    params.n_threads = static_cast<std::int32_t>(threads);
    params.n_threads_batch = params.n_threads;
    params.flash_attn_type = flash_attention(options.flash_attention);
    params.type_k = cache_type(options.cache_precision);
    params.type_v = params.type_k;
    if (ggml_is_quantized(params.type_v) &&
        params.flash_attn_type == LLAMA_FLASH_ATTN_TYPE_DISABLED) {
        throw Failure(LECTERN_INVALID_ARGUMENT, "cache_precision '" + options.cache_precision +
                                                    "' needs flash_attention 'on' or 'auto'");
    }
    LogCapture log;
    ContextHandle context(llama_init_from_model(model, params));
    if (context == nullptr) {
        throw Failure(LECTERN_RESOURCE_EXHAUSTED,
                      "llama.cpp cannot make a context of " + std::to_string(context_tokens) +
                          " tokens: " + log.reason() + "; try a smaller 'context_tokens'");
    }
    return context;
}

std::vector<std::string> stop_strings(const lectern_generation& request) {
    std::vector<std::string> out;
    for (std::uint64_t i = 0; i < request.stop_count; ++i) {
        out.emplace_back(plugin::view(request.stop[i]));
        if (out.back().empty()) {
            throw Failure(LECTERN_INVALID_ARGUMENT,
                          "stop string " + std::to_string(i) + " is empty");
        }
    }
    return out;
}

std::string piece_of(const llama_vocab* vocab, llama_token token, bool first) {
    // SentencePiece puts a space before the first word of a text.
    const std::int32_t skip = first && llama_vocab_type(vocab) == LLAMA_VOCAB_TYPE_SPM ? 1 : 0;
    std::string out(32, '\0');
    for (;;) {
        const std::int32_t size = llama_token_to_piece(
            vocab, token, out.data(), static_cast<std::int32_t>(out.size()), skip, false);
        out.resize(static_cast<std::size_t>(size < 0 ? -size : size));
        if (size >= 0) return out;
    }
}

}  // namespace

struct LlamaGenerator::State {
    State(const GeneratorOptions& options, const plugin::Host& host);

    plugin::GeneratorInfo info;
    ModelHandle model;
    const llama_vocab* vocab = nullptr;
    std::unique_ptr<PromptMaker> prompts;
    std::unique_ptr<ThreadPool> threads;  // outlives the context
    Turn turn;                            // guards the cache
    std::unique_ptr<PrefixCache> cache;
};

LlamaGenerator::State::State(const GeneratorOptions& options, const plugin::Host& host) {
    constexpr std::uint32_t most_tokens = 1U << 22U;
    check_range("context_tokens", options.context_tokens, 64, most_tokens);
    check_range("batch_tokens", options.batch_tokens, 1, most_tokens);
    check_range("threads", options.threads, 0, GGML_MAX_N_THREADS);
    start_runtime(host);
    const ModelFile file = check_model_file(options.model);
    model = load_model(file.path);
    vocab = llama_model_get_vocab(model.get());

    const auto trained = static_cast<std::uint32_t>(llama_model_n_ctx_train(model.get()));
    info.context_tokens = std::min(options.context_tokens, trained);
    if (info.context_tokens < options.context_tokens) {
        host.log(LECTERN_LOG_INFO, "gpt: context_tokens is " + std::to_string(trained) +
                                       ", the most this model was trained for");
    }
    info.fingerprint = file.fingerprint;
    info.model = metadata(model.get(), "general.name");
    if (info.model.empty()) info.model = std::filesystem::path(file.path).stem().string();

    prompts = std::make_unique<PromptMaker>(model.get(), host);
    const unsigned budget =
        std::max(1U, options.threads == 0 ? host.threads() : unsigned{options.threads});
    threads = std::make_unique<ThreadPool>(budget);
    ContextHandle context = make_context(model.get(), options, info.context_tokens, budget);
    if (threads->get() != nullptr) {
        llama_attach_threadpool(context.get(), threads->get(), threads->get());
    }
    const bool reusable =
        !llama_model_is_recurrent(model.get()) && !llama_model_is_hybrid(model.get());
    cache = std::make_unique<PrefixCache>(std::move(context), reusable);
}

LlamaGenerator::LlamaGenerator(const GeneratorOptions& options, const plugin::Host& host)
    : state_(std::make_unique<State>(options, host)) {}

LlamaGenerator::~LlamaGenerator() = default;

const plugin::GeneratorInfo& LlamaGenerator::info() const noexcept {
    return state_->info;
}

std::uint64_t LlamaGenerator::count_tokens(const lectern_message* messages,
                                           std::uint64_t count) const {
    return state_->prompts->tokens({messages, static_cast<std::size_t>(count)}, true).size();
}

void LlamaGenerator::generate(const plugin::Call& call, const lectern_generation& request,
                              const plugin::TextSink& sink,
                              lectern_generation_report& report) const {
    call.check();
    const std::vector<llama_token> prompt = state_->prompts->tokens(
        {request.messages, static_cast<std::size_t>(request.message_count)}, true);
    const std::size_t context = state_->info.context_tokens;
    // The answer has at least one token.
    const std::size_t wanted = std::max<std::size_t>(request.max_tokens, 1);
    report.prompt_tokens = static_cast<std::uint32_t>(prompt.size());
    if (prompt.size() + wanted > context) {
        throw Failure(LECTERN_RESOURCE_EXHAUSTED,
                      "the prompt has " + std::to_string(prompt.size()) +
                          " tokens and the answer may have " + std::to_string(wanted) +
                          "; the context has " + std::to_string(context) +
                          ": shorten the prompt or raise 'context_tokens'");
    }
    const std::size_t most = request.max_tokens == 0 ? context - prompt.size() : wanted;
    TokenPicker picker(state_->vocab, {request.temperature, request.top_p, request.seed,
                                       std::string(plugin::view(request.grammar))});
    shared::TextStream stream(stop_strings(request),
                              [&sink](std::string_view piece) { return sink.text(piece); });

    const Turn::Holder holder = state_->turn.take(call);
    PrefixCache& cache = *state_->cache;
    const Clock::time_point begin = Clock::now();
    // The last token is read again for its logits.
    const std::size_t reused = cache.rewind(prompt, prompt.size() - 1, prompt.size() + most);
    report.reused_tokens = static_cast<std::uint32_t>(reused);
    cache.read(std::span(prompt).subspan(reused), call);
    const Clock::time_point read = Clock::now();
    report.prefill_seconds = std::chrono::duration<double>(read - begin).count();

    for (;;) {
        call.check();
        const llama_token token = picker.pick(cache.logits());
        if (llama_vocab_is_eog(state_->vocab, token)) {
            stream.finish();
            break;
        }
        const bool more = stream.append(piece_of(state_->vocab, token, report.answer_tokens == 0));
        ++report.answer_tokens;
        report.decode_seconds = seconds_since(read);
        if (!more) break;
        if (report.answer_tokens == most) {
            report.truncated = 1;
            stream.finish();
            break;
        }
        cache.read(token);
    }
    report.decode_seconds = seconds_since(read);
}

void LlamaGenerator::warm(const plugin::Call& call, const lectern_message* messages,
                          std::uint64_t count) const {
    const std::vector<llama_token> tokens =
        state_->prompts->tokens({messages, static_cast<std::size_t>(count)}, false);
    if (tokens.size() >= state_->info.context_tokens) {
        throw Failure(LECTERN_RESOURCE_EXHAUSTED, "the fixed part of the prompt has " +
                                                      std::to_string(tokens.size()) +
                                                      " tokens; the context has " +
                                                      std::to_string(state_->info.context_tokens));
    }
    const Turn::Holder holder = state_->turn.take(call);
    const std::size_t reused = state_->cache->rewind(tokens, tokens.size(), tokens.size());
    state_->cache->read(std::span(tokens).subspan(reused), call);
    state_->cache->keep_fixed();
}

void LlamaGenerator::forget() const {
    const lectern_call uncancelled{
        sizeof(lectern_call), 0, nullptr, nullptr, nullptr, [](const lectern_call*) { return 0; }};
    const Turn::Holder holder = state_->turn.take(plugin::Call(&uncancelled));
    state_->cache->clear();
}

}  // namespace lectern::gpt
