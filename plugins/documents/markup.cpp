#include "documents/markup.hpp"

#include <algorithm>

#include "documents/table_row.hpp"

namespace lectern::documents {
namespace {

constexpr int lowest_level = 6;

// Bytes of the white space at the front; 0 when there is none. No-break spaces count.
std::size_t space_at(std::string_view text) noexcept {
    if (static_cast<unsigned char>(text.front()) <= ' ') return 1;
    return text.starts_with("\xC2\xA0") ? 2 : 0;
}

}  // namespace

std::string one_line(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    bool space = false;
    for (std::size_t at = 0; at < text.size();) {
        if (const std::size_t width = space_at(text.substr(at)); width > 0) {
            space = !out.empty();
            at += width;
            continue;
        }
        if (space) out += ' ';
        space = false;
        out += text[at++];
    }
    return out;
}

void Markup::add(Last kind, std::string_view text) {
    if (text.empty()) return;
    if (text.size() + 2 > most_ - std::min(most_, out_.size()))
        fail(LECTERN_RESOURCE_EXHAUSTED,
             "the document's text is larger than " + std::to_string(most_ >> 20) + " MiB");
    if (!out_.empty()) out_ += kind != Last::block && kind == last_ ? "\n" : "\n\n";
    if (waiting_) {
        waiting_->begin = out_.size();
        places_.push_back(std::move(*waiting_));
        waiting_.reset();
    }
    out_ += text;
    last_ = kind;
}

void Markup::heading(int level, std::string_view text) {
    const std::string line = one_line(text);
    if (line.empty()) return;
    if (first_heading_.empty()) first_heading_ = line;
    const auto marks = static_cast<std::size_t>(std::clamp(level, 1, lowest_level));
    add(Last::block, std::string(marks, '#') + " " + line);
}

void Markup::paragraph(std::string_view text) {
    std::string out;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        const std::string line = one_line(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
        if (line.empty()) continue;
        if (!out.empty()) out += '\n';
        out += line;
    }
    add(Last::block, out);
}

void Markup::item(std::string_view mark, std::string_view text) {
    const std::string line = one_line(text);
    if (line.empty()) return;
    if (mark.empty()) return add(Last::block, line);
    // "A. " at the start of a line may be somebody's name: such items stand apart.
    if (mark.front() >= 'A' && mark.front() <= 'Z') end();
    add(Last::item, std::string(mark) + " " + line);
}

void Markup::row(const std::vector<std::string>& cells) {
    add(Last::row, table_row(cells));
}

void Markup::block(std::string_view text) {
    add(Last::block, trimmed(text));
}

void Markup::append(Markup&& other) {
    if (other.out_.empty()) return;
    // Nothing that is added begins or ends with white space.
    add(Last::block, other.out_);
    const std::size_t begin = out_.size() - other.out_.size();
    for (Place& place : other.places_) {
        place.begin += begin;
        places_.push_back(std::move(place));
    }
    other = Markup(other.most_);
}

}  // namespace lectern::documents
