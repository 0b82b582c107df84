// The plugin `remote`: the stage type `remote`, a generator that an OpenAI-compatible server runs.
#include "lectern/plugin.hpp"
#include "plugins/remote/generator.hpp"

namespace {

namespace plugin = lectern::plugin;
using lectern::remote::RemoteGenerator;
using lectern::remote::RemoteOptions;

constexpr const char* option_schema = R"({
  "type": "object",
  "required": ["url"],
  "properties": {
    "url": {"type": "string",
      "description": "of the API, up to /v1: http://127.0.0.1:8080/v1"},
    "model": {"type": "string",
      "description": "the model's name at that server; empty: the server's own"},
    "key_variable": {"type": "string",
      "description": "the environment variable that holds the key"},
    "key_file": {"type": "string",
      "description": "a file whose first line is the key"},
    "ca_file": {"type": "string",
      "description": "certificates to trust (PEM) instead of the system's"},
    "context_tokens": {"type": "integer", "default": 8192, "minimum": 256, "maximum": 4194304,
      "description": "prompt and answer together, as the server is set"},
    "connect_seconds": {"type": "integer", "default": 5, "minimum": 1, "maximum": 3600,
      "description": "to reach the server"},
    "timeout_seconds": {"type": "integer", "default": 60, "minimum": 1, "maximum": 86400,
      "description": "without a byte from the server, until the request is given up"},
    "max_tokens_name": {"type": "string", "default": "max_tokens",
      "enum": ["max_tokens", "max_completion_tokens"],
      "description": "the field that bounds the answer, as the server calls it"},
    "grammar": {"type": "boolean", "default": false,
      "description": "the server takes grammars (GBNF), as llama.cpp's does"}
  }
})";

RemoteOptions options(const plugin::Config& config) {
    RemoteOptions out;
    const auto word = [&config](const char* name) { return config.string(name).value_or(""); };
    const auto file = [&](const char* name) {
        return word(name).empty() ? std::string() : config.path(name);
    };
    const auto number = [&config](const char* name, std::uint32_t& value) {
        if (const auto given = config.integer(name)) value = static_cast<std::uint32_t>(*given);
    };
    out.url = word("url");
    out.key = lectern::remote::read_key(file("key_file"), word("key_variable"));
    out.ca_file = file("ca_file");
    number("context_tokens", out.context_tokens);
    number("connect_seconds", out.connect_seconds);
    number("timeout_seconds", out.timeout_seconds);
    out.chat.model = word("model");
    out.chat.grammar = config.boolean("grammar").value_or(false);
    out.chat.max_tokens_name = config.string("max_tokens_name").value_or("max_tokens");
    return out;
}

class Remote final : public plugin::Generator {
 public:
    explicit Remote(const plugin::Config& config) : generator_(options(config), config.host()) {}

    [[nodiscard]] const plugin::GeneratorInfo& info() const override { return generator_.info(); }
    [[nodiscard]] std::uint64_t count_tokens(const plugin::Call& /*call*/,
                                             const lectern_message* messages,
                                             std::uint64_t count) const override {
        return lectern::remote::guess_tokens(messages, count);
    }
    void generate(const plugin::Call& call, const lectern_generation& request,
                  const plugin::TextSink& sink, lectern_generation_report& report) const override {
        generator_.generate(call, request, sink, report);
    }

 private:
    RemoteGenerator generator_;
};

}  // namespace

LECTERN_PLUGIN("remote", "1.0.0",
               "Writes answers with a model that another server runs (OpenAI's API)", "Apache-2.0",
               plugin::stage<Remote>("remote", "A chat model behind an OpenAI-compatible server",
                                     option_schema))
