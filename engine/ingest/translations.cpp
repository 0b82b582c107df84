#include "engine/ingest/translations.hpp"

#include <boost/json.hpp>
#include <unordered_set>

#include "text/sentence_map.hpp"

namespace lectern {
namespace {

constexpr std::string_view translation_member = "translation";

boost::json::object metadata_with_translation(std::string_view metadata) {
    // Most documents are no translation.
    if (metadata.find(translation_member) == std::string_view::npos) return {};
    boost::system::error_code error;
    boost::json::value value = boost::json::parse(metadata, error);
    return error || !value.is_object() ? boost::json::object{} : std::move(value.get_object());
}

boost::json::object* what_it_translates(boost::json::object& metadata) {
    boost::json::value* value = metadata.if_contains(translation_member);
    return value == nullptr ? nullptr : value->if_object();
}

bool says(const boost::json::object& object, std::string_view key, std::string_view wanted) {
    const boost::json::value* value = object.if_contains(key);
    const boost::json::string* text = value == nullptr ? nullptr : value->if_string();
    return text != nullptr && std::string_view(*text) == wanted;
}

// `visit` is given the header and what it says of the translation, until it returns false.
Status each_translation(
    const corpus::Reader& reader, std::string_view of,
    const std::function<bool(const storage::DocumentHeader&, const boost::json::object&)>& visit) {
    const std::string begin = std::string(of) + "#";
    return reader.each_header(
        [&](const storage::DocumentHeader& header) {
            if (!header.id.starts_with(begin)) return false;
            boost::json::object metadata = metadata_with_translation(header.metadata);
            const boost::json::object* translation = what_it_translates(metadata);
            if (translation == nullptr || !says(*translation, "of", of)) return true;
            return visit(header, *translation);
        },
        begin);
}

}  // namespace

std::string mark_of(const config::StageConfig& stage) {
    std::string all;
    for (const std::string& part : {stage.plugin, stage.stage, stage.name, stage.prompt})
        all.append(part).push_back('\0');
    return text::text_name(all + boost::json::serialize(stage.options));
}

std::optional<std::string> marked_translation(std::string_view metadata, std::string_view of,
                                              std::string_view mark) {
    boost::json::object all = metadata_with_translation(metadata);
    boost::json::object* translation = what_it_translates(all);
    if (translation == nullptr || !says(*translation, "of", of)) return std::nullopt;
    (*translation)["by"] = mark;
    return boost::json::serialize(all);
}

Result<std::optional<DocumentInput>> made_before(const corpus::Reader& reader,
                                                 const storage::PutDocument& document,
                                                 std::string_view mark) {
    const auto header = reader.header(document.id);
    // What is damaged is made again.
    if (!header || header->content_hash != document.content_hash)
        return std::optional<DocumentInput>();
    const std::string name = text::text_name(document.text);
    std::string found;
    LECTERN_TRY(each_translation(
        reader, document.id,
        [&](const storage::DocumentHeader& one, const boost::json::object& translation) {
            if (!says(translation, "by", mark) || !says(translation, "name", name)) return true;
            found = one.id;
            return false;
        }));
    if (found.empty()) return std::optional<DocumentInput>();
    auto made = reader.document(found);
    if (!made) return std::optional<DocumentInput>();
    return std::optional(DocumentInput{std::move(made->header.id), std::move(made->header.title),
                                       std::move(made->text), std::move(made->header.metadata)});
}

Result<std::vector<std::string>> with_translations(const corpus::Reader& reader,
                                                   std::span<const std::string> ids) {
    std::vector<std::string> out;
    std::unordered_set<std::string> seen;
    for (const std::string& id : ids) {
        if (!seen.insert(id).second) continue;
        out.push_back(id);
        LECTERN_TRY(each_translation(
            reader, id, [&](const storage::DocumentHeader& one, const boost::json::object&) {
                if (seen.insert(one.id).second) out.push_back(one.id);
                return true;
            }));
    }
    return out;
}

}  // namespace lectern
