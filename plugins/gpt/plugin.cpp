// The plugin `gpt`: the stage type `gpt`, a generator over llama.cpp.
#include "lectern/plugin.hpp"
#include "plugins/gpt/generator.hpp"
#include "plugins/gpt/runtime.hpp"

namespace {

namespace plugin = lectern::plugin;
using lectern::gpt::GeneratorOptions;
using lectern::gpt::LlamaGenerator;

constexpr const char* option_schema = R"({
  "type": "object",
  "required": ["model"],
  "properties": {
    "model": {"type": "string",
      "description": "a GGUF file, or a folder with exactly one"},
    "context_tokens": {"type": "integer", "default": 2048, "minimum": 64, "maximum": 4194304,
      "description": "prompt and answer together; the model's own context at most"},
    "threads": {"type": "integer", "default": 0, "minimum": 0, "maximum": 512,
      "description": "0: the host's thread budget"},
    "batch_tokens": {"type": "integer", "default": 512, "minimum": 1, "maximum": 4194304,
      "description": "tokens of a prompt that are read at once"},
    "flash_attention": {"type": "string", "default": "auto", "enum": ["auto", "on", "off"],
      "description": "attention without the whole score matrix in memory"},
    "cache_precision": {"type": "string", "default": "f16", "enum": ["f32", "f16", "q8_0"],
      "description": "of the attention state; q8_0 halves its memory"}
  }
})";

GeneratorOptions options(const plugin::Config& config) {
    GeneratorOptions out;
    const auto number = [&config](const char* name, std::uint32_t& value) {
        if (const auto given = config.integer(name)) value = static_cast<std::uint32_t>(*given);
    };
    const auto word = [&config](const char* name, std::string& value) {
        if (auto given = config.string(name)) value = *std::move(given);
    };
    out.model = config.path("model");
    number("context_tokens", out.context_tokens);
    number("threads", out.threads);
    number("batch_tokens", out.batch_tokens);
    word("flash_attention", out.flash_attention);
    word("cache_precision", out.cache_precision);
    return out;
}

class Gpt final : public plugin::Generator {
 public:
    explicit Gpt(const plugin::Config& config) : generator_(options(config), config.host()) {}

    [[nodiscard]] const plugin::GeneratorInfo& info() const override { return generator_.info(); }
    [[nodiscard]] std::uint64_t count_tokens(const plugin::Call& /*call*/,
                                             const lectern_message* messages,
                                             std::uint64_t count) const override {
        return generator_.count_tokens(messages, count);
    }
    void generate(const plugin::Call& call, const lectern_generation& request,
                  const plugin::TextSink& sink, lectern_generation_report& report) const override {
        generator_.generate(call, request, sink, report);
    }
    void warm(const plugin::Call& call, const lectern_message* messages,
              std::uint64_t count) const override {
        generator_.warm(call, messages, count);
    }

 private:
    LlamaGenerator generator_;
};

}  // namespace

LECTERN_PLUGIN_WITH_INIT(
    "gpt", "1.0.0", "Writes answers with a GGUF language model (llama.cpp)", "Apache-2.0", nullptr,
    [] { lectern::gpt::forget_host(); },
    plugin::stage<Gpt>("gpt", "A GGUF language model, run by llama.cpp", option_schema))
