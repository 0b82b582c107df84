#include "office/ooxml.hpp"

namespace lectern::office {
namespace {

std::string relations_part(const std::string& part) {
    const std::size_t slash = part.rfind('/');
    if (slash == std::string::npos) return "_rels/" + part + ".rels";
    return part.substr(0, slash) + "/_rels/" + part.substr(slash + 1) + ".rels";
}

}  // namespace

Relations::Relations(Archive& archive, const std::string& part) {
    const std::string name = relations_part(part);
    auto text = archive.read(name);
    if (!text) return;
    const Xml xml(std::move(*text), name);
    for (const Node& node : xml.root().children()) {
        if (!is(node, "Relationship") || value(node, "TargetMode") == "External") continue;
        const std::string_view uri = value(node, "Type");
        relations_[std::string(value(node, "Id"))] = {std::string(uri.substr(uri.rfind('/') + 1)),
                                                      resolved(part, value(node, "Target"))};
    }
}

std::string Relations::target(std::string_view id) const {
    const auto found = relations_.find(id);
    return found == relations_.end() ? std::string{} : found->second.target;
}

std::string Relations::first(std::string_view type) const {
    for (const auto& [id, relation] : relations_)
        if (relation.type == type) return relation.target;
    return {};
}

std::vector<std::string> Relations::all(std::string_view type) const {
    std::vector<std::string> out;
    for (const auto& [id, relation] : relations_)
        if (relation.type == type) out.push_back(relation.target);
    return out;
}

std::string main_part(Archive& archive) {
    return Relations(archive, "").first("officeDocument");
}

Properties core_properties(Archive& archive) {
    Properties out;
    const std::string part = Relations(archive, "").first("core-properties");
    auto text = part.empty() ? std::nullopt : archive.read(part);
    if (!text) return out;
    const Xml xml(std::move(*text), part);
    out.title = text_of(child(xml.root(), "title"));
    out.author = text_of(child(xml.root(), "creator"));
    out.created = text_of(child(xml.root(), "created"));
    out.modified = text_of(child(xml.root(), "modified"));
    out.language = text_of(child(xml.root(), "language"));
    return out;
}

Node chosen(const Node& alternate) noexcept {
    const Node choice = child(alternate, "Choice");
    return choice ? choice : child(alternate, "Fallback");
}

}  // namespace lectern::office
