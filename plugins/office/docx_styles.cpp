#include "office/docx_styles.hpp"

#include <vector>

#include "documents/file_name.hpp"

namespace lectern::office {
namespace {

constexpr int longest_chain = 16;  // of styles based on others

struct Raw {
    Node node;
    std::string name;  // lower case
};

// What this style says itself; what it does not say is taken over from `out`.
void apply(const Raw& raw, DocxStyle& out) {
    if (raw.name == "title") out.heading = 1;
    if (raw.name == "subtitle") out.heading = 2;
    if (raw.name.starts_with("heading ") && raw.name.size() == 9 && raw.name[8] >= '1' &&
        raw.name[8] <= '9')
        out.heading = raw.name[8] - '0';
    if (raw.name.starts_with("toc ")) out.contents = true;
    const Node paragraph = child(raw.node, "pPr");
    if (const Node level = child(paragraph, "outlineLvl")) {
        const long outline = number(level, "val", 9);
        out.heading = outline >= 0 && outline < 9 ? static_cast<int>(outline) + 1 : 0;
    }
    if (const Node list = child(paragraph, "numPr")) {
        if (const Node id = child(list, "numId")) out.list = value(id, "val");
        if (const Node level = child(list, "ilvl")) out.level = number(level, "val", 0);
    }
    if (const Node before = child(paragraph, "pageBreakBefore")) out.new_page = is_on(before);
    if (child(child(raw.node, "rPr"), "vanish")) out.hidden = vanishes(child(raw.node, "rPr"));
}

}  // namespace

DocxStyles::DocxStyles(Archive& archive, const std::string& part) {
    auto text = part.empty() ? std::nullopt : archive.read(part);
    if (!text) return;
    const Xml xml(std::move(*text), part);
    std::map<std::string, Raw, std::less<>> raw;
    for (const Node& node : xml.root().children())
        if (is(node, "style"))
            raw[std::string(value(node, "styleId"))] = {
                node, documents::ascii_lower(value(child(node, "name"), "val"))};
    for (const auto& [id, style] : raw) {
        std::vector<const Raw*> chain{&style};
        while (chain.size() < longest_chain) {
            const auto base = raw.find(value(child(chain.back()->node, "basedOn"), "val"));
            if (base == raw.end()) break;
            chain.push_back(&base->second);
        }
        DocxStyle& out = styles_[id];
        for (auto at = chain.rbegin(); at != chain.rend(); ++at) apply(**at, out);
    }
}

const DocxStyle& DocxStyles::of(std::string_view id) const {
    const auto found = styles_.find(id);
    return found == styles_.end() ? none_ : found->second;
}

bool vanishes(const Node& properties) noexcept {
    return is_on(child(properties, "vanish"));
}

}  // namespace lectern::office
