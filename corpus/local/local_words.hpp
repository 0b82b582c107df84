// corpus/local/local_words.hpp: a query that our own index has read. Internal to corpus/local.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "corpus/corpus.hpp"
#include "index/lexical/lexical_index.hpp"

namespace lectern::corpus::local {

class LocalWords final : public Words {
 public:
    explicit LocalWords(index::LexicalQuery query) : query_(std::move(query)) {}
    [[nodiscard]] const index::LexicalQuery& query() const noexcept { return query_; }

    const std::string& plain() const noexcept override { return query_.plain(); }
    bool has_words() const noexcept override { return query_.has_words(); }
    bool has_conditions() const noexcept override { return query_.has_conditions(); }
    bool must_read() const noexcept override { return query_.must_read(); }
    bool met_by(std::string_view title, std::string_view chunk) const override {
        return query_.met_by(title, chunk);
    }
    std::vector<text::Range> marks(std::string_view text) const override {
        return query_.marks(text);
    }
    const std::vector<std::string>& hints() const noexcept override { return query_.hints(); }

 private:
    index::LexicalQuery query_;
};

}  // namespace lectern::corpus::local
