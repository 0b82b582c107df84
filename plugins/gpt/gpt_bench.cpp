// gpt_bench [MODEL [THREADS [ROUNDS]]]: prefill and decode speed through LlamaGenerator against the
// bare llama.cpp API on the same prompt, in turns, within one run. Prints tokens per second (the
// median of the rounds) and their ratio.
#include <llama.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "plugins/gpt/generator.hpp"
#include "plugins/gpt/handles.hpp"
#include "test_folders.hpp"

namespace {

using namespace lectern::gpt;
using lectern::plugin::Call;
using lectern::plugin::Host;
using Clock = std::chrono::steady_clock;

constexpr std::uint32_t context_tokens = 2048;
constexpr std::uint32_t batch_tokens = 512;
constexpr std::uint32_t answer_tokens = 96;

struct Speed {
    double prefill = 0;  // tokens per second
    double decode = 0;
    std::uint32_t answered = 0;
    std::string text;
};

std::string long_question() {
    std::string out = "Here are notes about machines that read and write.\n";
    for (int i = 1; i <= 18; ++i) {
        out += "[" + std::to_string(i) +
               "] A model of language gives every next word a probability, and a text is as likely "
               "as the product of these; note " +
               std::to_string(i * 37) + " says more.\n";
    }
    return out + "Write a long story about a librarian who reads these notes.";
}

lectern_message user_message(std::string_view text) {
    return {sizeof(lectern_message), LECTERN_ROLE_USER, lectern::plugin::text(text)};
}

double median(std::vector<double> values) {
    std::sort(values.begin(), values.end());
    const std::size_t middle = values.size() / 2;
    return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

Speed through_plugin(const LlamaGenerator& generator, const std::string& question) {
    lectern_call call{};
    call.struct_size = sizeof call;
    call.is_cancelled = [](const lectern_call*) { return 0; };
    Speed out;
    lectern_text_sink sink{};
    sink.struct_size = sizeof sink;
    sink.host_data = &out.text;
    sink.text = [](const lectern_text_sink* self, lectern_text piece) -> lectern_code {
        static_cast<std::string*>(self->host_data)->append(lectern::plugin::view(piece));
        return LECTERN_OK;
    };
    const lectern_message message = user_message(question);
    lectern_generation request{};
    request.struct_size = sizeof request;
    request.max_tokens = answer_tokens;
    request.messages = &message;
    request.message_count = 1;
    lectern_generation_report report{};
    report.struct_size = sizeof report;
    generator.forget();
    generator.generate(Call(&call), request, lectern::plugin::TextSink(&sink), report);
    out.prefill = report.prompt_tokens / report.prefill_seconds;
    out.decode = report.answer_tokens / report.decode_seconds;
    out.answered = report.answer_tokens;
    return out;
}

// What a program would write that uses llama.cpp directly.
class Bare {
 public:
    Bare(const std::string& path, unsigned threads)
        : model_(llama_model_load_from_file(path.c_str(), llama_model_default_params())) {
        llama_context_params params = llama_context_default_params();
        params.n_ctx = context_tokens;
        params.n_batch = batch_tokens;
        params.n_ubatch = batch_tokens;
        params.n_threads = static_cast<std::int32_t>(threads);
        params.n_threads_batch = params.n_threads;
        context_.reset(llama_init_from_model(model_.get(), params));
        sampler_.reset(llama_sampler_chain_init(llama_sampler_chain_default_params()));
        llama_sampler_chain_add(sampler_.get(), llama_sampler_init_greedy());
    }

    Speed answer(const std::string& question) {
        const llama_vocab* vocab = llama_model_get_vocab(model_.get());
        const llama_chat_message message{"user", question.c_str()};
        std::string prompt(question.size() + 1024, '\0');
        const char* chat_template = llama_model_chat_template(model_.get(), nullptr);
        prompt.resize(static_cast<std::size_t>(llama_chat_apply_template(
            chat_template == nullptr ? "chatml" : chat_template, &message, 1, true, prompt.data(),
            static_cast<std::int32_t>(prompt.size()))));
        std::vector<llama_token> tokens(prompt.size() + 8);
        tokens.resize(static_cast<std::size_t>(
            llama_tokenize(vocab, prompt.data(), static_cast<std::int32_t>(prompt.size()),
                           tokens.data(), static_cast<std::int32_t>(tokens.size()), true, true)));
        llama_memory_clear(llama_get_memory(context_.get()), false);

        Speed out;
        const auto begin = Clock::now();
        for (std::size_t at = 0; at < tokens.size(); at += batch_tokens) {
            const auto count = std::min<std::size_t>(batch_tokens, tokens.size() - at);
            decode(tokens.data() + at, static_cast<std::int32_t>(count));
        }
        llama_synchronize(context_.get());
        const auto read = Clock::now();
        std::vector<char> piece(256);
        for (;;) {
            llama_token token = llama_sampler_sample(sampler_.get(), context_.get(), -1);
            if (llama_vocab_is_eog(vocab, token)) break;
            const std::int32_t size = llama_token_to_piece(
                vocab, token, piece.data(), static_cast<std::int32_t>(piece.size()), 0, false);
            out.text.append(piece.data(), static_cast<std::size_t>(std::max(size, 0)));
            if (++out.answered == answer_tokens) break;
            decode(&token, 1);
        }
        const std::chrono::duration<double> prefill = read - begin;
        const std::chrono::duration<double> decoding = Clock::now() - read;
        out.prefill = static_cast<double>(tokens.size()) / prefill.count();
        out.decode = out.answered / decoding.count();
        return out;
    }

 private:
    void decode(llama_token* tokens, std::int32_t count) {
        if (llama_decode(context_.get(), llama_batch_get_one(tokens, count)) != 0) {
            throw lectern::plugin::Failure(LECTERN_INTERNAL, "llama_decode failed");
        }
    }

    ModelHandle model_;
    ContextHandle context_;
    SamplerHandle sampler_;
};

unsigned number(const char* text, unsigned otherwise) {
    unsigned out = 0;
    const auto result = std::from_chars(text, text + std::strlen(text), out);
    return result.ec == std::errc() && out > 0 ? out : otherwise;
}

void run(const std::string& path, unsigned threads, unsigned rounds) {
    GeneratorOptions options;
    options.model = path;
    options.context_tokens = context_tokens;
    options.batch_tokens = batch_tokens;
    options.threads = threads;
    const LlamaGenerator generator(options, Host());  // loads the runtime, for both
    Bare bare(path, threads);
    const std::string question = long_question();
    const lectern_message message = user_message(question);
    std::printf("model %s (%s), %u threads, prompt %llu tokens, answer %u tokens, %u rounds\n",
                generator.info().model.c_str(), path.c_str(), threads,
                static_cast<unsigned long long>(generator.count_tokens(&message, 1)), answer_tokens,
                rounds);

    std::vector<double> ours_prefill;
    std::vector<double> ours_decode;
    std::vector<double> bare_prefill;
    std::vector<double> bare_decode;
    bool same_text = true;
    for (unsigned round = 0; round <= rounds; ++round) {
        const Speed ours = through_plugin(generator, question);
        const Speed theirs = bare.answer(question);
        same_text = same_text && ours.text == theirs.text;
        if (round == 0) continue;  // warms pages and caches
        ours_prefill.push_back(ours.prefill);
        ours_decode.push_back(ours.decode);
        bare_prefill.push_back(theirs.prefill);
        bare_decode.push_back(theirs.decode);
    }
    const auto line = [](const char* what, double ours, double theirs) {
        std::printf("%-8s lectern %8.1f tokens/s   llama.cpp %8.1f tokens/s   ratio %.3f\n", what,
                    ours, theirs, ours / theirs);
    };
    line("prefill", median(ours_prefill), median(bare_prefill));
    line("decode", median(ours_decode), median(bare_decode));
    std::printf("answers are %s\n", same_text ? "equal" : "NOT equal");
}

}  // namespace

int main(int argc, char** argv) {
    const std::string path = argc > 1 ? argv[1]
                                      : LECTERN_MODELS_DIR
                                 "/SmolLM2-135M-Instruct/SmolLM2-135M-Instruct-Q8_0.gguf";
    try {
        run(path, number(argc > 2 ? argv[2] : "", 2), number(argc > 3 ? argv[3] : "", 7));
        return 0;
    } catch (const std::exception& error) {
        std::fprintf(stderr, "gpt_bench: %s\n", error.what());
        return 1;
    }
}
