#include "office/formats.hpp"

#include "office/drawing_text.hpp"
#include "office/ooxml.hpp"

namespace lectern::office {
namespace {

using documents::Markup;
using documents::one_line;

bool is_hidden_shape(const Node& shape) {
    for (const Node& node : shape.children())
        if (const Node about = child(node, "cNvPr"))
            return is_on(about, "hidden") && has_value(about, "hidden");
    return false;
}

// "title", "body", "sldNum"; "" for a shape that is no placeholder; "body" is not written down.
std::string_view placeholder(const Node& shape) {
    const Node about = child(child(shape, "nvSpPr", "nvPr"), "ph");
    if (!about) return {};
    const std::string_view type = value(about, "type");
    return type.empty() ? std::string_view("body") : type;
}

bool is_title(std::string_view type) noexcept {
    return type == "title" || type == "ctrTitle";
}
bool is_margin(std::string_view type) noexcept {
    return type == "dt" || type == "ftr" || type == "hdr" || type == "sldNum" || type == "sldImg";
}

class Slide {
 public:
    Slide(Archive& archive, const std::string& part, Markup& out, std::string& first_title)
        : archive_(archive),
          part_(part),
          relations_(archive, part),
          out_(out),
          first_title_(first_title) {}

    // Nothing when the slide is hidden.
    void write(std::size_t number) {
        auto text = archive_.read(part_);
        if (!text) return;
        const Xml xml(std::move(*text), part_);
        if (has_value(xml.root(), "show") && !is_on(xml.root(), "show")) return;
        out_.place({.kind = LECTERN_PLACE_SLIDE, .number = number});
        out_.heading(1, "Slide " + std::to_string(number));
        const Node shapes = child(xml.root(), "cSld", "spTree");
        title(shapes);
        write_shapes(shapes);
        notes();
        comments();
    }

 private:
    void title(const Node& parent) {
        for (const Node& node : parent.children()) {
            if (is(node, "grpSp")) title(node);
            if (!is(node, "sp") || !is_title(placeholder(node)) || is_hidden_shape(node)) continue;
            const std::string words = drawing_line(child(node, "txBody"));
            if (first_title_.empty()) first_title_ = words;
            out_.heading(2, words);
        }
    }

    void write_shapes(const Node& parent) {
        for (const Node& node : parent.children()) {
            if (is(node, "AlternateContent")) {
                write_shapes(chosen(node));
                continue;
            }
            if (is_hidden_shape(node)) continue;
            if (is(node, "sp")) {
                const std::string_view type = placeholder(node);
                if (is_title(type) || is_margin(type)) continue;
                if (type == "subTitle")
                    out_.paragraph(drawing_line(child(node, "txBody")));
                else
                    write_drawing_body(child(node, "txBody"), type == "body", out_);
            } else if (is(node, "grpSp")) {
                write_shapes(node);
            } else if (is(node, "graphicFrame")) {
                const Node data = child(node, "graphic", "graphicData");
                if (const Node table = child(data, "tbl")) write_drawing_table(table, out_);
                if (const Node diagram = child(data, "relIds"))
                    write_diagram(relations_.target(value(diagram, "dm")));
            }
        }
    }

    // The words of a SmartArt, one each line.
    void write_diagram(const std::string& part) {
        auto text = part.empty() ? std::nullopt : archive_.read(part);
        if (!text) return;
        const Xml xml(std::move(*text), part);
        out_.end();
        for (const Node& point : child(xml.root(), "ptLst").children()) {
            const std::string line = drawing_line(child(point, "t"));
            if (!line.empty()) out_.item("-", line);
        }
        out_.end();
    }

    void notes() {
        const std::string part = relations_.first("notesSlide");
        auto text = part.empty() ? std::nullopt : archive_.read(part);
        if (!text) return;
        const Xml xml(std::move(*text), part);
        for (const Node& node : child(xml.root(), "cSld", "spTree").children()) {
            if (!is(node, "sp") || is_margin(placeholder(node))) continue;
            std::string words;
            for (const Node& paragraph : child(node, "txBody").children())
                if (is(paragraph, "p")) words += drawing_paragraph(paragraph) + '\n';
            if (!one_line(words).empty()) out_.paragraph("Notes: " + words);
        }
    }

    void comments() {
        for (const std::string& part : relations_.all("comments")) {
            auto text = archive_.read(part);
            if (!text) continue;
            const Xml xml(std::move(*text), part);
            for (const Node& comment : xml.root().children()) {
                std::string words = text_of(child(comment, "text"));
                if (words.empty()) words = drawing_line(child(comment, "txBody"));
                if (!one_line(words).empty()) out_.paragraph("Comment: " + one_line(words));
            }
        }
    }

    Archive& archive_;
    const std::string& part_;
    Relations relations_;
    Markup& out_;
    std::string& first_title_;
};

}  // namespace

documents::Extracted pptx_text(Archive& archive, const std::string& part) {
    auto text = archive.read(part);
    if (!text) documents::fail(LECTERN_INVALID_ARGUMENT, "the part \"" + part + "\" is missing");
    const Xml xml(std::move(*text), part);
    const Relations relations(archive, part);
    Properties properties = core_properties(archive);
    Markup out;
    std::string first_title;
    std::size_t number = 0;
    for (const Node& slide : child(xml.root(), "sldIdLst").children()) {
        // Two attributes are called "id"; the relation's has a prefix.
        std::string target;
        for (const pugi::xml_attribute& attribute : slide.attributes())
            if (local_name(attribute.name()) == "id" && target.empty())
                target = relations.target(attribute.value());
        ++number;
        if (!target.empty()) Slide(archive, target, out, first_title).write(number);
    }
    return finished(out, properties,
                    first_title.empty() ? std::nullopt : std::optional<std::string>(first_title));
}

}  // namespace lectern::office
