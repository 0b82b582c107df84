// A reranker that looks at more than texts: at the hit's search score, the document's id and its
// metadata.
#pragma once

#include <cstdlib>
#include <string>

#include "lectern/plugin.hpp"

class RecentFirst : public lectern::plugin::HitReranker {
 public:
    explicit RecentFirst(const lectern::plugin::Config& config)
        : prefer_(config.string("prefer").value_or("")),
          by_year_(config.number("by_year").value_or(0)) {}

    void rerank(const lectern::plugin::Call&, std::string_view /*query*/,
                const std::vector<lectern::plugin::Hit>& hits, float* scores) const override {
        for (std::size_t i = 0; i < hits.size(); ++i) {
            const bool preferred = !prefer_.empty() && hits[i].document.find(prefer_) == 0;
            scores[i] = hits[i].score + static_cast<float>(by_year_ * year_of(hits[i].metadata)) +
                        (preferred ? 1.0F : 0.0F);
        }
    }

    static constexpr const char* options = R"({
      "type": "object",
      "properties": {
        "prefer": {"type": "string", "default": "", "description": "ids that begin so come first"},
        "by_year": {"type": "number", "default": 0.001, "minimum": 0, "maximum": 1,
                    "description": "what a year in the metadata adds to the score"}
      }
    })";

 private:
    // Of {"year": 1998}. A real stage would use a JSON library.
    static double year_of(std::string_view metadata) {
        constexpr std::string_view key = "\"year\":";
        const std::size_t at = metadata.find(key);
        if (at == std::string_view::npos) return 0;
        return std::atof(std::string(metadata.substr(at + key.size())).c_str());
    }

    std::string prefer_;
    double by_year_;
};
