#include "documents/jsonl_rows.hpp"

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <charconv>

#include "documents/charset.hpp"
#include "documents/extracted.hpp"
#include "documents/payloads.hpp"

namespace lectern::documents {
namespace {

namespace json = boost::json;

constexpr std::uint64_t patience = 100;  // broken rows before the file is given up
constexpr std::size_t deepest = 64;      // nested arrays and objects
constexpr std::size_t largest_row = std::size_t{256}
                                    << 20;  // bytes, parsing takes three times that

[[noreturn]] void broken(const std::string& message) {
    fail(LECTERN_INVALID_ARGUMENT, message);
}

std::string kind_of(const json::value& value) {
    return std::string(json::to_string(value.kind()));
}

json::object parse_object(std::string_view line) {
    json::parse_options options;
    options.max_depth = deepest;
    json::stream_parser parser({}, options);
    boost::system::error_code error;
    const std::size_t at = parser.write_some(line.data(), line.size(), error);
    if (!error && at < line.size() && !trimmed(line.substr(at)).empty())
        broken("more text follows the JSON object at byte " + std::to_string(at) + " of the row");
    if (!error) parser.finish(error);
    if (error)
        broken("not JSON: " + error.message() + " near byte " + std::to_string(at) + " of the row");
    json::value value = parser.release();
    if (!value.is_object())
        broken("a row is a JSON object with \"text\", this is of type " + kind_of(value));
    return std::move(value.get_object());
}

enum class Numbers { none, whole, all };

// Takes a member that is text, or a number as text, out of the object; "" when it is missing or
// null.
std::string take_text(json::object& object, std::string_view key, Numbers numbers) {
    const auto member = object.find(key);
    if (member == object.end()) return {};
    const json::value& value = member->value();
    std::string out;
    if (value.is_string()) {
        out = std::string_view(value.get_string());
    } else if (numbers != Numbers::none && value.is_number() && !value.is_double()) {
        out = json::serialize(value);
    } else if (numbers == Numbers::all && value.is_double()) {
        std::array<char, 32> digits{};
        out.assign(digits.data(),
                   std::to_chars(digits.begin(), digits.end(), value.get_double()).ptr);
    } else if (!value.is_null()) {
        // A fraction is no id: it may be written in many ways.
        broken("\"" + std::string(key) + "\" must be a string" +
               (numbers == Numbers::whole ? " or a whole number of at most 64 bits" : "") +
               ", not of type " + kind_of(value));
    }
    object.stable_erase(member);
    return out;
}

std::string take_metadata(json::object& object) {
    if (const auto member = object.find("metadata");
        member != object.end() && member->value().is_object()) {
        const json::object inner = std::move(member->value().get_object());
        object.stable_erase(member);
        for (const auto& [key, value] : inner)
            if (!object.contains(key)) object.emplace(key, value);
    }
    return object.empty() ? std::string{} : json::serialize(object);
}

Row parse_row(std::string_view line, std::string_view source, std::uint64_t number) {
    if (line.size() > largest_row)
        fail(LECTERN_RESOURCE_EXHAUSTED,
             "the row is larger than 256 MiB; split its text over rows, or put it into a file");
    json::object object = parse_object(line);
    Row out;
    out.number = number;
    out.id = take_text(object, "_id", Numbers::whole);
    if (out.id.empty()) out.id = std::string(source) + "#" + std::to_string(number);
    out.title = take_text(object, "title", Numbers::all);
    if (!object.contains("text")) broken("\"text\" is missing");
    out.text = take_text(object, "text", Numbers::none);
    std::string storage;
    if (const std::string_view kept = without_payloads(out.text, storage);
        kept.data() != out.text.data())
        out.text = std::move(storage);
    // Collections such as BEIR's have titles without a text: the title is what can be found.
    if (only_white_space(out.text)) out.text = out.title;
    if (only_white_space(out.text))
        broken(
            "\"text\" is empty and there is no title, so there is nothing to find; give the row a "
            "text or leave it out");
    out.metadata = take_metadata(object);
    return out;
}

}  // namespace

void read_rows(std::string_view bytes, std::string_view source,
               const std::function<void(const Row&)>& row,
               const std::function<void(const RowFailure&)>& failed) {
    std::string converted;
    // A row with a broken byte is refused by itself; of UTF-16 no row could be read.
    if (byte_order_mark(bytes) == ByteOrderMark::utf8)
        bytes.remove_prefix(3);
    else if (byte_order_mark(bytes) != ByteOrderMark::none ||
             bytes.substr(0, 2).find('\0') != std::string_view::npos)
        bytes = decode(bytes, {}, {}, converted).text;

    std::uint64_t number = 0;
    std::uint64_t good = 0;
    std::uint64_t bad = 0;
    while (!bytes.empty()) {
        const std::size_t end = std::min(bytes.find('\n'), bytes.size());
        const std::string_view line = trimmed(bytes.substr(0, end));
        bytes.remove_prefix(std::min(end + 1, bytes.size()));
        ++number;
        if (line.empty()) continue;
        Row parsed;
        try {
            parsed = parse_row(line, source, number);
        } catch (const Failure& failure) {
            ++bad;
            if (good == 0 && bad == patience)
                fail(LECTERN_INVALID_ARGUMENT,
                     "the first " + std::to_string(patience) +
                         " rows are broken, so this is no JSON Lines file; row " +
                         std::to_string(number) + ": " + failure.what());
            failed({number, failure.code(), failure.what()});
            continue;
        }
        ++good;
        row(parsed);
    }
    if (good + bad == 0) fail(LECTERN_INVALID_ARGUMENT, "no rows: the file is empty");
}

}  // namespace lectern::documents
