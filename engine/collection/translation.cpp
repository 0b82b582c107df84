#include "lectern/translation.hpp"

#include <boost/json.hpp>
#include <filesystem>
#include <string>
#include <system_error>
#include <utility>

#include "engine/collection/engine_impl.hpp"
#include "engine/plugin_host/calls.hpp"
#include "text/sentence_map.hpp"
#include "text/text.hpp"

namespace lectern {

struct Translator::Impl {
    std::shared_ptr<ModelRegistry> models;  // its host outlives the stage
    host::Stage stage;
};

Translator::Translator(std::shared_ptr<const Impl> impl) noexcept : impl_(std::move(impl)) {}

namespace {

// The map that translators leave in the metadata (text/sentence_map.hpp); none where there is none.
std::vector<SentencePair> sentences_in(std::string_view metadata, std::size_t original,
                                       std::size_t translation) {
    boost::system::error_code error;
    const auto value = boost::json::parse(metadata, error);
    const auto* object = error ? nullptr : value.if_object();
    const auto* about = object == nullptr ? nullptr : object->if_contains("translation");
    const auto* fields = about == nullptr ? nullptr : about->if_object();
    const auto* map = fields == nullptr ? nullptr : fields->if_contains("sentences");
    const auto* written = map == nullptr ? nullptr : map->if_string();
    if (written == nullptr) return {};
    const auto pairs = text::read_sentence_map(*written, original, translation);
    std::vector<SentencePair> out;
    if (!pairs) return out;
    for (const text::SentencePair& pair : *pairs)
        out.push_back(
            {pair.translation.begin, pair.translation.end, pair.original.begin, pair.original.end});
    return out;
}

}  // namespace

Result<Translator> Translator::open(const TranslatorOptions& options) {
    boost::system::error_code error;
    auto parsed = boost::json::parse(options.options, error);
    if (error || !parsed.is_object())
        return Status{Code::invalid_argument, "the translator's options are not a JSON object"};
    boost::json::object& stage_options = parsed.as_object();
    if (!options.model.empty()) stage_options["model"] = options.model.string();
    // Who asks for a translation wants one.
    if (options.plugin == "translate") stage_options.emplace("detect", false);
    std::error_code no_folder;
    LECTERN_ASSIGN(const auto engine, Engine::Impl::make({.folders = options.folders,
                                                          .threads = options.threads,
                                                          .log = options.log}));
    LECTERN_ASSIGN(auto models, engine->models(0));
    LECTERN_ASSIGN(auto stage, models->host().create(
                                   {.plugin = options.plugin,
                                    .type = options.stage,
                                    .name = "translate",
                                    .options = std::move(stage_options),
                                    .base_folder = std::filesystem::current_path(no_folder)}));
    if (stage.table<lectern_custom>() == nullptr)
        return Status{Code::invalid_argument,
                      stage.describe() + " is not a custom stage, which gives a text for a text"};
    return Translator(std::make_shared<const Impl>(Impl{std::move(models), std::move(stage)}));
}

Result<Translation> Translator::translate(std::string_view text,
                                          const TranslateOptions& options) const {
    if (const std::size_t bad = text::invalid_utf8_at(text); bad != std::string_view::npos)
        return Status{Code::invalid_argument,
                      "the text is not valid UTF-8 at byte " + std::to_string(bad)};
    host::Interrupt interrupt{.stop = options.stop};
    if (options.deadline) interrupt.deadline = std::chrono::steady_clock::now() + *options.deadline;
    Translation out;
    bool made = false;
    const host::RecordTaker taker{[&](const host::Record& record) -> Status {
                                      if (std::exchange(made, true)) return {};
                                      out.text = record.text;
                                      out.sentences = sentences_in(record.metadata, text.size(),
                                                                   record.text.size());
                                      return {};
                                  },
                                  {},
                                  1000};
    LECTERN_TRY(host::process(impl_->stage, interrupt, {.text = text}, taker));
    if (!made) return Status{Code::internal, impl_->stage.describe() + " gave no translation"};
    return out;
}

}  // namespace lectern
