#include "sentence_settings.hpp"

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <cmath>
#include <string_view>
#include <utility>

#include "json_fields.hpp"
#include "plugins/shared/read_file.hpp"

namespace lectern::bert {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;

constexpr std::uint64_t max_size = 1U << 20U;
constexpr std::string_view library = "sentence_transformers.";

JsonFields read_fields(const fs::path& file) {
    return {shared::read_text_file(file), file.string()};
}

// ------------------------------------------------------------------- modules

struct Module {
    std::string type;  // "sentence_transformers.models.Pooling"
    std::string path;  // below the model's folder

    // "Pooling": the last part of the type, which versions before 5.4 and after have in common.
    [[nodiscard]] std::string_view name() const {
        return std::string_view(type).substr(type.rfind('.') + 1);  // npos + 1 is 0
    }
};

std::vector<Module> listed_modules(const fs::path& file) {
    boost::system::error_code error;
    const json::value value = json::parse(shared::read_text_file(file), error);
    const json::array* const rows = error ? nullptr : value.if_array();
    if (rows == nullptr) fail(LECTERN_CORRUPT, file.string() + " is not a JSON array");
    std::vector<Module> out;
    for (const json::value& row : *rows) {
        const json::object* const fields = row.if_object();
        const json::value* const type = fields == nullptr ? nullptr : fields->if_contains("type");
        const json::value* const path = fields == nullptr ? nullptr : fields->if_contains("path");
        if (type == nullptr || !type->is_string() || path == nullptr || !path->is_string())
            fail(LECTERN_CORRUPT, file.string() + ": a module has no 'type' or no 'path'");
        out.push_back({std::string(type->get_string()), std::string(path->get_string())});
    }
    return out;
}

// Of a folder that lost its modules.json: those with a configuration, in the order of their
// numbers.
std::vector<Module> modules_by_folder(const fs::path& root) {
    std::vector<std::pair<unsigned long, Module>> found;
    std::error_code ignored;
    for (const auto& entry : fs::directory_iterator(root, ignored)) {
        const std::string folder = entry.path().filename().string();
        const std::size_t digits = folder.find_first_not_of("0123456789");
        if (digits == std::string::npos || digits == 0 || digits > 3 || folder[digits] != '_' ||
            !fs::exists(entry.path() / "config.json"))
            continue;
        const unsigned long number = std::stoul(folder.substr(0, digits));
        if (number > 0)
            found.push_back({number, {std::string(library) + folder.substr(digits + 1), folder}});
    }
    std::sort(found.begin(), found.end(),
              [](const auto& a, const auto& b) { return a.first < b.first; });
    std::vector<Module> out;
    for (auto& [number, module] : found) out.push_back(std::move(module));
    return out;
}

// ------------------------------------------------------------------- pooling

constexpr std::string_view old_prefix = "pooling_mode_";

// The key of the form before 5.4.
std::string old_key(Pooling pooling) {
    const bool tokens = pooling != Pooling::mean_sqrt_len_tokens && pooling != Pooling::lasttoken;
    return std::string(old_prefix) + std::string(name(pooling)) +
           (pooling == Pooling::cls ? "_token"
            : tokens                ? "_tokens"
                                    : "");
}

// Thrown for what the option 'pooling' can decide instead of the file.
struct PoolingProblem {
    std::string text;
};

Pooling known_pooling(const JsonFields& fields, std::string_view mode) {
    if (const auto pooling = pooling_of(mode)) return *pooling;
    throw PoolingProblem{fields.name() + ": 'pooling_mode' is '" + std::string(mode) +
                         "', which this plugin does not compute"};
}

// "pooling_mode": a name, or a list of names that are joined.
Poolings new_form(const JsonFields& fields, const json::value& modes) {
    if (modes.is_string())
        return {known_pooling(fields, {modes.get_string().data(), modes.get_string().size()})};
    if (!modes.is_array() || modes.get_array().empty())
        throw PoolingProblem{fields.name() +
                             ": 'pooling_mode' is neither a name nor a list of names"};
    Poolings out;
    for (const json::value& mode : modes.get_array()) {
        if (!mode.is_string())
            throw PoolingProblem{fields.name() +
                                 ": 'pooling_mode' lists something else than names"};
        out.push_back(known_pooling(fields, {mode.get_string().data(), mode.get_string().size()}));
    }
    return out;
}

// "pooling_mode_cls_token": true, and so on. Nothing when no such key is there.
std::optional<Poolings> old_form(const JsonFields& fields) {
    Poolings out;
    bool any = false;
    for (const Pooling pooling : all_poolings) {
        const auto value = fields.boolean(old_key(pooling).c_str());
        any = any || value.has_value();
        if (value.value_or(false)) out.push_back(pooling);
    }
    for (const auto& member : fields.all()) {
        const std::string_view key(member.key().data(), member.key().size());
        const bool known = std::any_of(all_poolings.begin(), all_poolings.end(),
                                       [&](Pooling pooling) { return key == old_key(pooling); });
        if (key.starts_with(old_prefix) && !known && member.value() == json::value(true))
            throw PoolingProblem{fields.name() + " asks for '" + std::string(key) +
                                 "', which this plugin does not compute"};
    }
    if (!any) return std::nullopt;
    if (!out.empty()) return out;
    if (fields.boolean(old_key(Pooling::mean).c_str()).has_value())
        throw PoolingProblem{fields.name() + " switches every pooling off"};
    return Poolings{Pooling::mean};  // what the library takes for a key that is not there
}

Poolings stated_poolings(const JsonFields& fields) {
    const auto old = old_form(fields);
    const json::value* const modes = fields.value("pooling_mode");
    if (modes == nullptr) {
        if (old) return *old;
        throw PoolingProblem{
            fields.name() + " has no 'pooling_mode' and no 'pooling_mode_mean_tokens' or the like"};
    }
    const Poolings out = new_form(fields, *modes);
    Poolings sorted = out;
    std::sort(sorted.begin(), sorted.end());
    if (old && *old != sorted)
        throw PoolingProblem{fields.name() + " contradicts itself: 'pooling_mode' is " +
                             names(out) + ", the older keys ask for " + names(*old)};
    return out;
}

void read_pooling(const fs::path& folder, SentenceSettings& settings) {
    const fs::path file = folder / "config.json";
    if (!fs::exists(file)) {
        settings.pooling_problem = file.string() + " is missing";
        return;
    }
    const JsonFields fields = read_fields(file);
    try {
        settings.pooling = stated_poolings(fields);
    } catch (const PoolingProblem& problem) {
        settings.pooling_problem = problem.text;
    }
    settings.include_prompt = fields.boolean("include_prompt").value_or(true);
    const auto older = fields.natural("word_embedding_dimension", max_size);
    const auto newer = fields.natural("embedding_dimension", max_size);
    settings.pooled_dimension = newer ? newer : older;
    if (older && newer && *older != *newer)
        fail(LECTERN_CORRUPT, file.string() + " contradicts itself: 'embedding_dimension' is " +
                                  std::to_string(*newer) + ", 'word_embedding_dimension' " +
                                  std::to_string(*older));
}

void read_normalise(const fs::path& folder, SentenceSettings& settings) {
    const fs::path file = folder / "config.json";
    if (fs::exists(file)) {
        const JsonFields fields = read_fields(file);
        for (const char* key : {"module_input_name", "module_output_name"})
            if (const std::string what = fields.string(key).value_or("sentence_embedding");
                what != "sentence_embedding")
                fail(LECTERN_UNSUPPORTED,
                     file.string() + ": '" + key + "' is '" + what +
                         "'; this plugin normalises 'sentence_embedding' only");
    }
    settings.steps.emplace_back(NormaliseStep{});
}

// ------------------------------------------------------------------- the whole

// The modules behind the encoder.
class ModuleReader {
 public:
    ModuleReader(const fs::path& root, std::string name, SentenceSettings& settings)
        : root_(root), name_(std::move(name)), settings_(settings) {}

    void read(const Module& module) {
        const std::string_view name = module.name();
        if (!module.type.starts_with(library)) refuse(module, module.type);
        if (name == "Transformer") {
            if (encoder_ || pooled_) out_of_order(module);
            encoder_ = true;
        } else if (name == "Pooling") {
            if (pooled_) out_of_order(module);
            pooled_ = true;
            read_pooling(root_ / module.path, settings_);
        } else if (name == "Dense" || name == "Normalize") {
            if (!pooled_) out_of_order(module);
            if (name == "Dense")
                settings_.steps.emplace_back(read_dense(root_ / module.path));
            else
                read_normalise(root_ / module.path, settings_);
        } else if (name != "Dropout") {  // which acts in training only
            refuse(module, std::string(name));
        }
    }
    [[nodiscard]] bool pooled() const noexcept { return pooled_; }

 private:
    [[noreturn]] void refuse(const Module&, const std::string& name) const {
        fail(LECTERN_UNSUPPORTED, name_ + ": the module '" + name +
                                      "' is not computed by this plugin (only Transformer, "
                                      "Pooling, Dense and Normalize of sentence-transformers are)");
    }
    [[noreturn]] void out_of_order(const Module& module) const {
        fail(LECTERN_UNSUPPORTED,
             name_ + ": the module '" + std::string(module.name()) +
                 "' stands where this plugin does not compute it: one Transformer comes first, "
                 "then one Pooling, then the others");
    }

    const fs::path& root_;
    std::string name_;
    SentenceSettings& settings_;
    bool encoder_ = false;
    bool pooled_ = false;
};

void read_modules(const fs::path& root, SentenceSettings& settings) {
    const fs::path file = root / "modules.json";
    const bool listed = fs::exists(file);
    ModuleReader reader(root, listed ? file.string() : root.string(), settings);
    for (const Module& module : listed ? listed_modules(file) : modules_by_folder(root))
        reader.read(module);
    if (listed && !reader.pooled())
        settings.pooling_problem = file.string() + " names no module 'Pooling'";
}

// A prompt by the first of the names that is not empty, or "" where one of them is given so.
std::optional<std::string> prompt(const JsonFields& fields, const json::object& prompts,
                                  std::initializer_list<const char*> names) {
    std::optional<std::string> out;
    for (const char* name : names) {
        const json::value* const value = prompts.if_contains(name);
        if (value == nullptr || value->is_null()) continue;
        if (!value->is_string())
            fields.wrong("prompts",
                         std::string("has something else than a text for '") + name + "'");
        out = std::string(value->get_string());
        if (!out->empty()) return out;
    }
    return out;
}

void read_prompts(const JsonFields& fields, SentenceSettings& settings) {
    static const json::object none;
    const json::object* const given = fields.object("prompts");
    const json::object& prompts = given == nullptr ? none : *given;
    settings.query_prefix = prompt(fields, prompts, {"query"});
    settings.passage_prefix = prompt(fields, prompts, {"document", "passage", "corpus"});
    const auto usual = fields.string("default_prompt_name");
    if (!usual) return;
    const auto text = prompt(fields, prompts, {usual->c_str()});
    if (!text)
        fields.wrong("default_prompt_name", "is '" + *usual + "', which 'prompts' does not have");
    if (!settings.query_prefix) settings.query_prefix = text;
    if (!settings.passage_prefix) settings.passage_prefix = text;
}

void read_library_config(const fs::path& root, SentenceSettings& settings) {
    const fs::path file = root / "config_sentence_transformers.json";
    if (!fs::exists(file)) return;
    const JsonFields fields = read_fields(file);
    const std::string type = fields.string("model_type").value_or("SentenceTransformer");
    if (type != "SentenceTransformer")
        fail(LECTERN_UNSUPPORTED, file.string() + ": 'model_type' is '" + type +
                                      "'; this plugin computes one vector a text, the models of "
                                      "type SentenceTransformer");
    if (fields.value("truncate_dim") != nullptr)
        settings.first_dimensions = fields.positive("truncate_dim", max_size);
    read_prompts(fields, settings);
}

std::optional<JsonFields> transformer_config(const fs::path& encoder) {
    // In the order in which the library looks for them.
    for (const char* kind :
         {"bert", "roberta", "distilbert", "camembert", "albert", "xlm-roberta", "xlnet"}) {
        const fs::path file = encoder / (std::string("sentence_") + kind + "_config.json");
        if (fs::exists(file)) return read_fields(file);
    }
    return std::nullopt;
}

void read_transformer(const fs::path& encoder, SentenceSettings& settings) {
    const auto fields = transformer_config(encoder);
    if (!fields) return;
    settings.lowercase = fields->boolean("do_lower_case").value_or(false);
    const auto require = [&](const char* key, std::string_view known) {
        const std::string value = fields->string(key).value_or(std::string(known));
        if (value != known)
            fail(LECTERN_UNSUPPORTED, fields->name() + ": '" + key + "' is '" + value +
                                          "'; this plugin computes '" + std::string(known) + "'");
    };
    require("transformer_task", "feature-extraction");
    require("module_output_name", "token_embeddings");
    const json::object* const modalities = fields->object("modality_config");
    if (modalities == nullptr) return;
    const json::value* const text = modalities->if_contains("text");
    const json::value* const output = text == nullptr || !text->is_object()
                                          ? nullptr
                                          : text->get_object().if_contains("method_output_name");
    if (output == nullptr || *output != json::value("last_hidden_state"))
        fail(LECTERN_UNSUPPORTED,
             fields->name() +
                 ": 'modality_config' does not take 'last_hidden_state' of a text, which is what "
                 "this plugin computes");
}

}  // namespace

fs::path encoder_folder(const fs::path& root) {
    const fs::path file = root / "modules.json";
    if (!fs::exists(file)) return root;
    for (const Module& module : listed_modules(file))
        if (module.name() == "Transformer" && !module.path.empty()) return root / module.path;
    return root;
}

StatedLength stated_length(const fs::path& encoder) {
    if (const auto fields = transformer_config(encoder)) {
        const std::uint64_t tokens = fields->natural("max_seq_length", max_size).value_or(0);
        if (tokens > 0) return {tokens, LengthSource::sentence_config};
    }
    const fs::path file = encoder / "tokenizer_config.json";
    if (!fs::exists(file)) return {};
    const JsonFields fields = read_fields(file);
    const double tokens = fields.number("model_max_length").value_or(0);
    // Where a tokenizer has no limit, its file says 10^30.
    if (tokens == 0 || tokens > static_cast<double>(max_size)) return {};
    if (tokens < 3 || tokens != std::floor(tokens))
        fields.wrong("model_max_length", "is not a whole number of tokens, 3 or more");
    return {static_cast<std::uint64_t>(tokens), LengthSource::tokenizer_config};
}

SentenceSettings read_sentence_settings(const fs::path& root, const fs::path& encoder) {
    SentenceSettings settings;
    read_modules(root, settings);
    read_library_config(root, settings);
    read_transformer(encoder, settings);
    settings.max_tokens = stated_length(encoder);
    return settings;
}

}  // namespace lectern::bert
