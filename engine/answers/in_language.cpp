#include "engine/answers/in_language.hpp"

#include <charconv>
#include <optional>
#include <vector>

#include "engine/answers/verifier.hpp"
#include "text/text.hpp"

namespace lectern {
namespace {

struct SentenceAndMarks {
    std::string sentence;  // without its marks
    std::vector<unsigned> marks;
};

// The marks of a verified sentence: what else is in brackets of its evidence became round ones.
SentenceAndMarks without_marks(std::string_view sentence) {
    SentenceAndMarks out;
    for (std::size_t at = 0; at < sentence.size();) {
        unsigned n = 0;
        if (sentence[at] == '[') {
            const char* const end = sentence.data() + sentence.size();
            const auto [behind, error] = std::from_chars(sentence.data() + at + 1, end, n);
            if (error == std::errc() && behind != end && *behind == ']') {
                out.marks.push_back(n);
                while (out.sentence.ends_with(' ')) out.sentence.pop_back();
                at = static_cast<std::size_t>(behind - sentence.data()) + 1;
                continue;
            }
        }
        out.sentence.push_back(sentence[at++]);
    }
    return out;
}

}  // namespace

Result<std::string> InLanguage::translated(std::string_view sentence) const {
    std::optional<std::string> out;
    const host::RecordTaker taker{[&out](const host::Record& record) -> Status {
                                      if (!out) out = record.text;
                                      return {};
                                  },
                                  {},
                                  16,
                                  std::uint64_t{1} << 20U};
    LECTERN_TRY(pipeline_.process(translator_, interrupt_, {.text = sentence}, taker));
    if (!out)
        return Status{Code::internal, translator_.describe() + " gave no translation of an answer"};
    return std::move(*out);
}

void InLanguage::take(std::string_view piece) {
    if (!failure_.ok()) return;
    std::string given;
    std::size_t copied = 0;
    for (const text::Range& range : text::sentences(piece)) {
        given.append(piece, copied, range.begin - copied);
        const SentenceAndMarks marked =
            without_marks(piece.substr(range.begin, range.end - range.begin));
        auto said = translated(marked.sentence);
        if (!said) {
            failure_ = said.status().within("the answer cannot be translated");
            return;
        }
        given += with_marks(*said, marked.marks);
        copied = range.end;
    }
    given.append(piece, copied);
    text_ += given;
    if (on_text_) on_text_(given);
}

Result<std::string> InLanguage::text() const {
    if (!failure_.ok()) return failure_;
    return text_;
}

}  // namespace lectern
