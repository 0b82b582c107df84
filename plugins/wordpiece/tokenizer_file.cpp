#include "plugins/wordpiece/tokenizer_file.hpp"

#include <boost/json.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <limits>
#include <optional>
#include <unordered_map>

#include "lectern/plugin.hpp"

namespace lectern::wordpiece {
namespace {

namespace json = boost::json;
using plugin::Failure;
using std::string_view;

constexpr std::uintmax_t largest_file = 512U << 20;  // bytes; vocabularies have a few million

[[noreturn]] void invalid(const std::string& message) {
    throw Failure(LECTERN_INVALID_ARGUMENT, message);
}
[[noreturn]] void unsupported(const std::string& message) {
    throw Failure(LECTERN_UNSUPPORTED, message);
}

std::string in_quotes(string_view text) {
    return "\"" + std::string(text) + "\"";
}

// A place in a JSON file, for messages: "tokenizer.json: model.vocab".
struct Place {
    string_view file;
    std::string path;
    [[nodiscard]] Place operator/(string_view key) const {
        return {file, path.empty() ? std::string(key) : path + "." + std::string(key)};
    }
    [[nodiscard]] std::string text() const { return std::string(file) + ": " + path; }
};

json::value parse(string_view text, string_view name) {
    json::error_code error;
    json::value value = json::parse(json::string_view(text.data(), text.size()), error);
    if (error)
        throw Failure(LECTERN_CORRUPT, std::string(name) + " is not valid JSON (" +
                                           error.message() + "): is the file complete?");
    return value;
}

string_view view(const json::string& text) noexcept {
    return {text.data(), text.size()};
}

const json::object& object(const json::value& value, const Place& place) {
    if (!value.is_object()) invalid(place.text() + " is not an object");
    return value.get_object();
}

// The value at `key`, or nullptr when it is missing or null.
const json::value* member(const json::object& in, string_view key) {
    const json::value* found = in.if_contains(json::string_view(key.data(), key.size()));
    return found == nullptr || found->is_null() ? nullptr : found;
}

bool flag(const json::object& in, string_view key, bool otherwise, const Place& place) {
    const json::value* found = member(in, key);
    if (found == nullptr) return otherwise;
    if (!found->is_bool()) invalid((place / key).text() + " is not true or false");
    return found->get_bool();
}

std::string string(const json::object& in, string_view key, string_view otherwise,
                   const Place& place) {
    const json::value* found = member(in, key);
    if (found == nullptr) return std::string(otherwise);
    if (!found->is_string()) invalid((place / key).text() + " is not a string");
    return std::string(view(found->get_string()));
}

std::int32_t token_id(const json::value& value, const Place& place) {
    const auto* number = value.if_int64();
    if (number == nullptr || *number < 0 || *number >= std::numeric_limits<std::int32_t>::max())
        invalid(place.text() + " is not a token id");
    return static_cast<std::int32_t>(*number);
}

std::string type_of(const json::object& in, const Place& place) {
    return string(in, "type", "", place);
}

// ---------------------------------------------------------------- tokenizer.json

void read_model(const json::object& root, TokenizerFile& out, string_view name) {
    const Place place{name, "model"};
    const json::value* value = member(root, "model");
    if (value == nullptr)
        invalid(std::string(name) + " has no \"model\"; a tokenizer.json is expected");
    const json::object& model = object(*value, place);
    std::string type = type_of(model, place);
    // Files of the first versions do not say.
    if (type.empty()) type = model.contains("merges") ? "BPE" : "WordPiece";
    if (type != "WordPiece")
        unsupported((place / "type").text() + " is " + in_quotes(type) +
                    "; this plugin does WordPiece only, the tokenizer of BERT models");
    out.unknown = string(model, "unk_token", "[UNK]", place);
    out.prefix = string(model, "continuing_subword_prefix", "##", place);
    if (const json::value* most = member(model, "max_input_chars_per_word"))
        out.max_word_characters =
            static_cast<std::size_t>(token_id(*most, place / "max_input_chars_per_word"));
    const json::value* vocabulary = member(model, "vocab");
    if (vocabulary == nullptr) invalid((place / "vocab").text() + " is missing");
    for (const auto& [piece, id] : object(*vocabulary, place / "vocab"))
        out.vocabulary.emplace_back(
            std::string(piece.data(), piece.size()),
            token_id(id, place / "vocab" / string_view(piece.data(), piece.size())));
}

void read_added_tokens(const json::object& root, TokenizerFile& out, string_view name) {
    const Place place{name, "added_tokens"};
    const json::value* value = member(root, "added_tokens");
    if (value == nullptr) return;
    if (!value->is_array()) invalid(place.text() + " is not an array");
    for (const json::value& item : value->get_array()) {
        const json::object& token = object(item, place);
        AddedToken added;
        added.content = string(token, "content", "", place);
        const json::value* id = member(token, "id");
        if (id == nullptr) invalid((place / "id").text() + " is missing");
        added.id = token_id(*id, place / "id");
        const bool special = flag(token, "special", false, place);
        added.normalized = flag(token, "normalized", !special, place);
        added.lstrip = flag(token, "lstrip", false, place);
        added.rstrip = flag(token, "rstrip", false, place);
        added.single_word = flag(token, "single_word", false, place);
        out.added.push_back(std::move(added));
    }
}

// The one item of a "Sequence", or the value itself.
const json::object* only_item(const json::object& value, string_view list, const Place& place) {
    if (type_of(value, place) != "Sequence") return &value;
    const json::value* items = member(value, list);
    if (items == nullptr || !items->is_array()) invalid((place / list).text() + " is not an array");
    const json::array& array = items->get_array();
    if (array.empty()) return nullptr;
    if (array.size() != 1)
        unsupported(place.text() + " is a sequence of " + std::to_string(array.size()) +
                    " steps; this plugin does BERT's one step");
    return &object(array.front(), place / list);
}

void read_normalizer(const json::object& root, TokenizerFile& out, string_view name) {
    const Place place{name, "normalizer"};
    const json::value* value = member(root, "normalizer");
    const json::object* rules =
        value == nullptr ? nullptr : only_item(object(*value, place), "normalizers", place);
    if (rules == nullptr) {
        out.normalizer = {false, false, false, false};
        return;
    }
    const std::string type = type_of(*rules, place);
    if (type != "BertNormalizer")
        unsupported((place / "type").text() + " is " + in_quotes(type) +
                    "; this plugin does BertNormalizer, or none");
    Normalizer& normalizer = out.normalizer;
    normalizer.clean_text = flag(*rules, "clean_text", true, place);
    normalizer.handle_chinese_chars = flag(*rules, "handle_chinese_chars", true, place);
    normalizer.lowercase = flag(*rules, "lowercase", true, place);
    normalizer.strip_accents = flag(*rules, "strip_accents", normalizer.lowercase, place);
}

void check_pre_tokenizer(const json::object& root, string_view name) {
    const Place place{name, "pre_tokenizer"};
    const json::value* value = member(root, "pre_tokenizer");
    const json::object* rules =
        value == nullptr ? nullptr : only_item(object(*value, place), "pretokenizers", place);
    const std::string type = rules == nullptr ? "none" : type_of(*rules, place);
    if (type != "BertPreTokenizer")
        unsupported((place / "type").text() + " is " + in_quotes(type) +
                    "; this plugin does BertPreTokenizer");
}

// [token, id]
std::int32_t bert_processing_id(const json::object& rules, string_view key, const Place& place) {
    const json::value* pair = member(rules, key);
    if (pair == nullptr || !pair->is_array() || pair->get_array().size() != 2)
        invalid((place / key).text() + " is not a pair of a token and its id");
    return token_id(pair->get_array()[1], place / key);
}

void read_template(const json::object& rules, TokenizerFile& out, const Place& place) {
    const json::value* single = member(rules, "single");
    if (single == nullptr || !single->is_array())
        invalid((place / "single").text() + " is not an array");
    const json::value* tokens = member(rules, "special_tokens");
    bool text_seen = false;
    for (const json::value& item : single->get_array()) {
        const json::object& step = object(item, place / "single");
        if (member(step, "Sequence") != nullptr) {
            if (text_seen) unsupported((place / "single").text() + " has the text twice");
            text_seen = true;
            continue;
        }
        const json::value* special = member(step, "SpecialToken");
        if (special == nullptr)
            invalid((place / "single").text() + " has an item that is no SpecialToken or Sequence");
        const std::string id =
            string(object(*special, place / "single"), "id", "", place / "single");
        const Place where = place / "special_tokens" / id;
        const json::value* entry =
            tokens == nullptr ? nullptr : member(object(*tokens, place / "special_tokens"), id);
        const json::value* ids = entry == nullptr ? nullptr : member(object(*entry, where), "ids");
        if (ids == nullptr || !ids->is_array())
            invalid((where / "ids").text() + " is missing, but the template uses " + in_quotes(id));
        for (const json::value& one : ids->get_array())
            (text_seen ? out.behind : out.before).push_back(token_id(one, where / "ids"));
    }
    if (!text_seen) invalid((place / "single").text() + " has no place for the text");
}

void read_post_processor(const json::object& root, TokenizerFile& out, string_view name) {
    const Place place{name, "post_processor"};
    const json::value* value = member(root, "post_processor");
    const json::object* rules =
        value == nullptr ? nullptr : only_item(object(*value, place), "processors", place);
    if (rules == nullptr) return;
    const std::string type = type_of(*rules, place);
    if (type == "TemplateProcessing") {
        read_template(*rules, out, place);
    } else if (type == "BertProcessing") {
        out.before = {bert_processing_id(*rules, "cls", place)};
        out.behind = {bert_processing_id(*rules, "sep", place)};
    } else {
        unsupported((place / "type").text() + " is " + in_quotes(type) +
                    "; this plugin does TemplateProcessing and BertProcessing");
    }
}

// ------------------------------------------------------------------- folders

// The content of a file, or nothing when it is not there.
std::optional<std::string> read_file(const std::filesystem::path& path) {
    std::error_code error;
    if (!std::filesystem::exists(path, error)) return std::nullopt;
    const auto size = std::filesystem::file_size(path, error);
    if (error) throw Failure(LECTERN_UNAVAILABLE, path.string() + ": " + error.message());
    if (size > largest_file)
        throw Failure(LECTERN_RESOURCE_EXHAUSTED,
                      path.string() + " has " + std::to_string(size) +
                          " bytes, too many for a tokenizer; is it the right file?");
    std::ifstream in(path, std::ios::binary);
    std::string out(size, '\0');
    in.read(out.data(), static_cast<std::streamsize>(size));
    if (!in || in.peek() != std::ifstream::traits_type::eof())
        throw Failure(LECTERN_UNAVAILABLE, path.string() + " cannot be read; may you read it?");
    return out;
}

// "[MASK]", or {"content": "[MASK]", ...}.
std::string special_token(const json::object& config, string_view key, string_view otherwise,
                          const Place& place) {
    const json::value* found = member(config, key);
    if (found != nullptr && found->is_object())
        return string(found->get_object(), "content", otherwise, place / key);
    return string(config, key, otherwise, place);
}

}  // namespace

TokenizerFile read_tokenizer_json(string_view text, string_view name) {
    const json::value value = parse(text, name);
    if (!value.is_object()) invalid(std::string(name) + " is not a JSON object");
    const json::object& root = value.get_object();
    TokenizerFile out;
    read_model(root, out, name);
    read_added_tokens(root, out, name);
    read_normalizer(root, out, name);
    check_pre_tokenizer(root, name);
    read_post_processor(root, out, name);
    return out;
}

TokenizerFile read_vocabulary(string_view vocab_txt, string_view config_json, string_view name) {
    TokenizerFile out;
    std::unordered_map<std::string, std::int32_t> ids;
    std::int32_t line_number = 0;
    for (std::size_t at = 0; at < vocab_txt.size(); ++line_number) {
        const std::size_t end = std::min(vocab_txt.find('\n', at), vocab_txt.size());
        string_view line = vocab_txt.substr(at, end - at);
        if (line.ends_with('\r')) line.remove_suffix(1);
        ids[std::string(line)] = line_number;
        at = end + 1;
    }
    ids.erase("");
    out.vocabulary.assign(ids.begin(), ids.end());

    const json::value parsed = config_json.empty() ? json::value(json::object())
                                                   : parse(config_json, "tokenizer_config.json");
    const Place place{"tokenizer_config.json", ""};
    if (!parsed.is_object()) invalid("tokenizer_config.json is not a JSON object");
    const json::object& config = parsed.get_object();
    Normalizer& rules = out.normalizer;
    rules.lowercase = flag(config, "do_lower_case", true, place);
    rules.handle_chinese_chars = flag(config, "tokenize_chinese_chars", true, place);
    rules.strip_accents = flag(config, "strip_accents", rules.lowercase, place);
    out.unknown = special_token(config, "unk_token", "[UNK]", place);

    const auto id_of = [&](const std::string& token) {
        const auto found = ids.find(token);
        if (found == ids.end())
            invalid(std::string(name) + " has no line " + in_quotes(token) +
                    ", a special token of BERT; is the file complete?");
        return found->second;
    };
    const std::string cls = special_token(config, "cls_token", "[CLS]", place);
    const std::string sep = special_token(config, "sep_token", "[SEP]", place);
    out.before = {id_of(cls)};
    out.behind = {id_of(sep)};
    const std::string pad = special_token(config, "pad_token", "[PAD]", place);
    const std::string mask = special_token(config, "mask_token", "[MASK]", place);
    for (const std::string& token : {pad, out.unknown, cls, sep, mask}) {
        AddedToken added;
        added.content = token;
        if (ids.contains(token)) {
            added.id = ids.at(token);
            out.added.push_back(std::move(added));
        }
    }
    return out;
}

TokenizerFile read_folder(const std::string& folder) {
    const std::filesystem::path path(folder);
    std::error_code error;
    if (!std::filesystem::exists(path, error))
        throw Failure(LECTERN_NOT_FOUND, "the model folder " + folder +
                                             " does not exist; option 'model' names a Hugging Face "
                                             "folder with tokenizer.json or vocab.txt");
    if (!std::filesystem::is_directory(path, error))
        invalid(folder +
                " is not a folder; option 'model' names a Hugging Face folder with "
                "tokenizer.json or vocab.txt");
    const std::string json_name = (path / "tokenizer.json").string();
    if (const auto text = read_file(json_name)) return read_tokenizer_json(*text, json_name);
    const std::string vocabulary_name = (path / "vocab.txt").string();
    const auto vocabulary = read_file(vocabulary_name);
    if (!vocabulary)
        throw Failure(LECTERN_NOT_FOUND,
                      "the model folder " + folder + " has neither tokenizer.json nor vocab.txt");
    const auto config = read_file(path / "tokenizer_config.json");
    return read_vocabulary(*vocabulary, config.value_or(""), vocabulary_name);
}

}  // namespace lectern::wordpiece
