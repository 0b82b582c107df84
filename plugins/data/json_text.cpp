#include <array>
#include <boost/json.hpp>
#include <charconv>
#include <cstdint>

#include "data/data_text.hpp"
#include "documents/markup.hpp"
#include "text/text.hpp"

namespace lectern::data {
namespace {

namespace json = boost::json;
using documents::fail;
using documents::Markup;
using documents::one_line;

constexpr std::size_t deepest_json = 64;
// Names of what is around a value stand before it, so few bytes can say much.
constexpr std::size_t longest_path = 1000;                         // bytes
constexpr std::size_t largest_paragraph = std::size_t{256} << 20;  // bytes, as of all text
constexpr std::size_t largest_json = std::size_t{128}
                                     << 20;  // bytes; parsing takes several times that

json::value parsed(std::string_view text, const char* what) {
    if (text.size() > largest_json)
        fail(LECTERN_RESOURCE_EXHAUSTED, "the JSON is larger than 128 MiB; make JSON lines of it");
    json::parse_options options;
    options.max_depth = deepest_json;
    boost::system::error_code error;
    json::value out = json::parse({text.data(), text.size()}, error, {}, options);
    if (error == json::error::too_deep)
        fail(LECTERN_RESOURCE_EXHAUSTED,
             "the JSON is nested deeper than " + std::to_string(deepest_json) + " levels");
    if (error) fail(LECTERN_INVALID_ARGUMENT, std::string(what) + ": " + error.message());
    return out;
}

// One object as lines; objects in lists begin paragraphs of their own.
class Lines {
 public:
    explicit Lines(Markup& out) : out_(out) {}

    void write(const json::value& value, const std::string& path) {
        if (const auto* object = value.if_object()) {
            for (const auto& [key, inner] : *object)
                write(inner, below(path, {key.data(), key.size()}));
        } else if (const auto* array = value.if_array()) {
            list(*array, path);
        } else if (!value.is_null()) {
            line(path, shown(value));
        }
    }

    void end() { out_.paragraph(std::exchange(paragraph_, {})); }

 private:
    static std::string shown(const json::value& value) {
        if (const auto* string = value.if_string())
            return one_line({string->data(), string->size()});
        if (!value.is_double()) return json::serialize(value);
        std::array<char, 32> digits{};
        return {digits.data(), std::to_chars(digits.begin(), digits.end(), value.get_double()).ptr};
    }

    static std::string below(const std::string& path, std::string_view key) {
        const std::string_view name = text::prefix(key, longest_path);
        if (path.empty()) return std::string(name);
        std::string out = path + ".";
        out += name;
        if (out.size() > longest_path) out = std::string(text::prefix(out, longest_path));
        return out;
    }

    void line(const std::string& path, const std::string& value) {
        if (value.empty()) return;
        if (paragraph_.size() + path.size() + value.size() > largest_paragraph)
            fail(LECTERN_RESOURCE_EXHAUSTED,
                 "one object of the JSON says more than 256 MiB; make JSON lines of it");
        if (!paragraph_.empty()) paragraph_ += '\n';
        paragraph_ += path.empty() ? value : path + ": " + value;
    }

    void list(const json::array& array, const std::string& path) {
        std::string words;  // of plain values, in one line
        for (const json::value& inner : array) {
            if (inner.is_structured()) {
                if (inner.is_object()) end();
                write(inner, path);
                if (inner.is_object()) end();
            } else if (!inner.is_null()) {
                if (!words.empty()) words += ", ";
                words += shown(inner);
            }
        }
        line(path, words);
    }

    Markup& out_;
    std::string paragraph_;
};

std::string title_in(const json::value& value) {
    const auto* object = value.if_object();
    if (object == nullptr) return {};
    for (const char* key : {"title", "name"})
        if (const auto* found = object->if_contains(key); found != nullptr && found->is_string())
            return one_line({found->get_string().data(), found->get_string().size()});
    return {};
}

std::string joined(const json::value* value) {
    if (value == nullptr) return {};
    if (const auto* string = value->if_string()) return {string->data(), string->size()};
    std::string out;
    if (const auto* lines = value->if_array())
        for (const json::value& line : *lines)
            if (line.is_string()) out += std::string_view(line.get_string());
    return out;
}

void fenced(const std::string& code, Markup& out) {
    if (!documents::only_white_space(code)) out.block("```\n" + code + "\n```");
}

void write_outputs(const json::value* outputs, Markup& out) {
    if (outputs == nullptr || !outputs->is_array()) return;
    for (const json::value& output : outputs->get_array()) {
        if (!output.is_object()) continue;
        const json::object& object = output.get_object();
        std::string words = joined(object.if_contains("text"));
        if (const auto* data = object.if_contains("data"); data != nullptr && data->is_object())
            words += joined(data->get_object().if_contains("text/plain"));
        fenced(words, out);
    }
}

}  // namespace

documents::Extracted json_text(std::string_view utf8) {
    documents::Extracted found;
    Markup out;
    Lines lines(out);
    const std::string_view text = documents::trimmed(utf8);
    // A file of one value, or one in each line.
    std::size_t rows = 0;
    try {
        const json::value value = parsed(text, "not JSON");
        found.title = title_in(value);
        lines.write(value, {});
        lines.end();
    } catch (const documents::Failure& failure) {
        if (failure.code() != LECTERN_INVALID_ARGUMENT || text.find('\n') == std::string_view::npos)
            throw;
        for (std::string_view rest = text; !rest.empty();) {
            const std::size_t end = std::min(rest.find('\n'), rest.size());
            const std::string_view row = documents::trimmed(rest.substr(0, end));
            rest.remove_prefix(std::min(end + 1, rest.size()));
            ++rows;
            if (row.empty()) continue;
            const std::string what =
                "not JSON, and line " + std::to_string(rows) + " of it neither";
            lines.write(parsed(row, what.c_str()), {});
            lines.end();
        }
    }
    found.text = out.take();
    if (found.text.empty()) fail(LECTERN_INVALID_ARGUMENT, "no text: the JSON has no values");
    return found;
}

documents::Extracted notebook_text(std::string_view utf8) {
    const json::value value = parsed(utf8, "not a notebook");
    const auto* object = value.if_object();
    const json::value* cells = object == nullptr ? nullptr : object->if_contains("cells");
    if (cells == nullptr || !cells->is_array())
        fail(LECTERN_INVALID_ARGUMENT, "not a notebook: it has no cells (or is older than 2015)");
    Markup out;
    std::uint64_t number = 0;
    for (const json::value& cell : cells->get_array()) {
        out.place({.kind = LECTERN_PLACE_NOTEBOOK_CELL, .number = ++number});
        if (!cell.is_object()) continue;
        const json::object& about = cell.get_object();
        const std::string type = joined(about.if_contains("cell_type"));
        const std::string source = joined(about.if_contains("source"));
        if (type == "code") {
            fenced(source, out);
            write_outputs(about.if_contains("outputs"), out);
        } else {
            out.block(source);
        }
    }
    documents::Extracted found;
    found.text = out.take();
    found.places = out.take_places();
    if (found.text.empty()) fail(LECTERN_INVALID_ARGUMENT, "no text: the notebook is empty");
    return found;
}

}  // namespace lectern::data
