// What every backend can do with a query: read it.
#include <algorithm>
#include <utility>

#include "corpus/corpus.hpp"
#include "index/lexical/marks.hpp"
#include "index/lexical/query.hpp"

namespace lectern::corpus {
namespace {

class PlainWords : public Words {
 public:
    explicit PlainWords(index::lexical::QueryText query) : query_(std::move(query)) {}

    [[nodiscard]] const std::string& plain() const noexcept override { return query_.plain; }
    [[nodiscard]] bool has_words() const noexcept override {
        return !query_.words.empty() || !query_.prefixes.empty();
    }
    [[nodiscard]] bool has_conditions() const noexcept override { return query_.has_conditions(); }
    [[nodiscard]] bool must_read() const noexcept override { return query_.has_conditions(); }
    [[nodiscard]] bool met_by(std::string_view title, std::string_view chunk) const override {
        return index::lexical::meets(title, chunk, query_) &&
               !index::lexical::has_excluded_word(title, chunk, query_);
    }
    [[nodiscard]] std::vector<text::Range> marks(std::string_view text) const override {
        return index::lexical::marks(text, query_, {});
    }
    [[nodiscard]] const std::vector<std::string>& hints() const noexcept override { return hints_; }

 private:
    index::lexical::QueryText query_;
    std::vector<std::string> hints_;
};

}  // namespace

Result<std::unique_ptr<Words>> Corpus::read(std::string_view text,
                                            const ReadOptions& options) const {
    return std::unique_ptr<Words>(
        std::make_unique<PlainWords>(index::lexical::read_query(text, options.plain)));
}

Result<std::unique_ptr<Words>> Corpus::read_like(std::string_view title, std::string_view /*text*/,
                                                 std::size_t /*chunks*/,
                                                 std::size_t /*most*/) const {
    return std::unique_ptr<Words>(
        std::make_unique<PlainWords>(index::lexical::read_query(title, true)));
}

Result<std::shared_ptr<const Selection>> Corpus::meeting(
    const Words& /*words*/, std::shared_ptr<const Selection> within) const {
    return within;
}

}  // namespace lectern::corpus
