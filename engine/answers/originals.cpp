#include "engine/answers/originals.hpp"

#include <boost/json.hpp>
#include <map>
#include <memory>
#include <utility>

#include "engine/search/place.hpp"
#include "text/sentence_map.hpp"

namespace lectern {
namespace {

constexpr std::string_view translation_key = "translation";

// A document and the map to it from its translation.
struct Original {
    corpus::StoredDocument document;
    std::vector<text::SentencePair> sentences;
};

const boost::json::object* translation_in(const boost::json::value& metadata) {
    const auto* object = metadata.if_object();
    const auto* value = object == nullptr ? nullptr : object->if_contains(translation_key);
    return value == nullptr ? nullptr : value->if_object();
}

std::string_view text_in(const boost::json::object& object, std::string_view key) {
    const auto* value = object.if_contains(key);
    const auto* text = value == nullptr ? nullptr : value->if_string();
    return text == nullptr ? std::string_view() : std::string_view(*text);
}

// Of the document `id`; nothing where it is no translation, or not of a document as it is now.
Result<std::optional<Original>> original_of_document(const corpus::Reader& reader,
                                                     const std::string& id) {
    const auto header = reader.header(id);
    if (!header) {
        if (header.status().code() == Code::not_found) return std::optional<Original>();
        return header.status();
    }
    if (header->metadata.find(translation_key) == std::string::npos)
        return std::optional<Original>();
    boost::system::error_code error;
    const auto metadata = boost::json::parse(header->metadata, error);
    const boost::json::object* translation = error ? nullptr : translation_in(metadata);
    if (translation == nullptr) return std::optional<Original>();
    const std::string of(text_in(*translation, "of"));
    if (of.empty() || of == id) return std::optional<Original>();
    auto document = reader.document(of);
    if (!document) {
        if (document.status().code() == Code::not_found) return std::optional<Original>();
        return document.status();
    }
    if (text::text_name(document->text) != text_in(*translation, "name"))
        return std::optional<Original>();
    auto sentences =
        text::read_sentence_map(text_in(*translation, "sentences"), document->text.size(),
                                static_cast<std::size_t>(header->text_bytes));
    if (!sentences) return std::optional<Original>();
    return std::optional(Original{std::move(*document), std::move(*sentences)});
}

// Each document is looked up once.
class Originals {
 public:
    explicit Originals(const QueryContext& context) : reader_(context.corpus.reader()) {}

    // nullptr: there is none.
    Result<const Original*> of(const std::string& document) {
        auto found = known_.find(document);
        if (found == known_.end()) {
            LECTERN_ASSIGN(auto original, original_of_document(*reader_, document));
            found = known_.emplace(document, std::move(original)).first;
        }
        return found->second ? &*found->second : nullptr;
    }

 private:
    std::unique_ptr<corpus::Reader> reader_;
    std::map<std::string, std::optional<Original>> known_;
};

std::optional<text::Range> range_in(const Original& original, std::uint64_t begin,
                                    std::uint64_t end) {
    return text::original_of(original.sentences,
                             {static_cast<std::size_t>(begin), static_cast<std::size_t>(end)});
}

}  // namespace

Status cite_originals(const QueryContext& context, std::vector<Citation>& citations) {
    Originals originals(context);
    for (Citation& citation : citations) {
        LECTERN_ASSIGN(const Original* original, originals.of(citation.document));
        if (original == nullptr) continue;
        const auto range = range_in(*original, citation.begin, citation.end);
        if (!range) continue;
        citation.document = original->document.header.id;
        citation.title = original->document.header.title;
        citation.begin = range->begin;
        citation.end = range->end;
        citation.translation = std::move(citation.quote);
        citation.quote = original->document.text.substr(range->begin, range->end - range->begin);
        citation.place = place_of(original->document.chunks, range->begin, range->end);
    }
    return {};
}

Status cite_original(const QueryContext& context, AnswerSpan& span) {
    Originals originals(context);
    LECTERN_ASSIGN(const Original* original, originals.of(span.document));
    if (original == nullptr) return {};
    const auto range = range_in(*original, span.begin, span.end);
    if (!range) return {};
    span.document = original->document.header.id;
    span.begin = range->begin;
    span.end = range->end;
    span.text = original->document.text.substr(range->begin, range->end - range->begin);
    return {};
}

std::string without_sentence_map(std::string metadata) {
    if (metadata.find("\"sentences\"") == std::string::npos) return metadata;
    boost::system::error_code error;
    auto value = boost::json::parse(metadata, error);
    if (error || translation_in(value) == nullptr) return metadata;
    auto& translation = value.get_object()[translation_key].get_object();
    if (!translation.contains("of")) return metadata;
    translation.erase("sentences");
    translation.erase("name");
    translation.erase("by");
    return boost::json::serialize(value);
}

}  // namespace lectern
