#include "index/lexical/lexical_query.hpp"

#include <algorithm>
#include <utility>

#include "index/lexical/marks.hpp"
#include "text/content_words.hpp"

namespace lectern::index {

using namespace lexical;

Result<std::shared_ptr<const LexicalQuery::Impl>> LexicalQuery::Impl::look_up(
    QueryText text, const LexicalQueryOptions& options, std::shared_ptr<QueryAnalyzer> analyzer,
    std::shared_ptr<const State> state) {
    auto out = std::make_shared<Impl>();
    out->text = std::move(text);
    out->options = options;
    out->analyzer = std::move(analyzer);
    out->state = std::move(state);
    const std::lock_guard lock(out->analyzer->mutex);
    LECTERN_ASSIGN(out->terms,
                   lexical::look_up(*out->state, out->analyzer->analyzer, out->text, out->options));
    return std::shared_ptr<const Impl>(std::move(out));
}

const std::string& LexicalQuery::plain() const noexcept {
    static const std::string nothing;
    return impl_ ? impl_->text.plain : nothing;
}

bool LexicalQuery::has_words() const noexcept {
    return impl_ && (!impl_->text.words.empty() || !impl_->text.prefixes.empty());
}

bool LexicalQuery::has_conditions() const noexcept {
    return impl_ && impl_->text.has_conditions();
}

bool LexicalQuery::must_read() const noexcept {
    return impl_ && impl_->text.must_read();
}

bool LexicalQuery::met_by(std::string_view title, std::string_view chunk) const {
    return !impl_ || lexical::meets(title, chunk, impl_->text);
}

const std::vector<std::string>& LexicalQuery::hints() const noexcept {
    static const std::vector<std::string> none;
    return impl_ ? impl_->terms.hints : none;
}

std::vector<text::Range> LexicalQuery::marks(std::string_view text) const {
    if (!impl_) return {};
    const std::vector<text::Language> languages = languages_of(impl_->state->languages);
    const auto& marked = impl_->terms.marked;
    Analyzer& analyzer = impl_->analyzer->analyzer;
    const auto meant = [&](const std::string& word) {
        return std::any_of(languages.begin(), languages.end(), [&](text::Language language) {
            return marked.contains(analyzer.term(word, language));
        });
    };
    const std::lock_guard lock(impl_->analyzer->mutex);
    return lexical::marks(text, impl_->text, [&](const IndexedWord& one) {
        return meant(one.word.folded) || std::any_of(one.parts.begin(), one.parts.end(), meant);
    });
}

}  // namespace lectern::index
