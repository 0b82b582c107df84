#include "engine/search/rerank.hpp"

#include <gmock/gmock.h>

namespace lectern {
namespace {

std::vector<Hit> hits_with(std::initializer_list<float> scores) {
    std::vector<Hit> out;
    for (const float score : scores) {
        out.emplace_back().document = std::string(1, static_cast<char>('a' + out.size()));
        out.back().score = score;
    }
    return out;
}

TEST(RerankOrder, HitsThatWereNotReadFollowInTheirOrder) {
    struct Case {
        std::vector<float> scores;
        std::string order;
        std::vector<float> expected;
    };
    const Case cases[] = {
        {{}, "abcd", {0.9F, 0.8F, 0.7F, 0.1F}},  // no time at all
        {{0.1F, 0.5F}, "bacd", {0.5F, 0.1F, 0.1F, 0.1F}},
        {{0.3F, 0.2F, 0.9F, 0.2F}, "cabd", {0.9F, 0.3F, 0.2F, 0.2F}},  // equal ones as they were
        {{-3.0F}, "abcd", {-3.0F, -3.0F, -3.0F, -3.0F}},
    };
    for (const Case& test : cases) {
        std::vector<Hit> hits = hits_with({0.9F, 0.8F, 0.7F, 0.1F});
        order_by(test.scores, hits);
        std::string order;
        std::vector<float> scores;
        for (const Hit& hit : hits) {
            order += hit.document;
            scores.push_back(hit.score);
        }
        EXPECT_EQ(order, test.order);
        EXPECT_EQ(scores, test.expected) << test.order;
    }
}

}  // namespace
}  // namespace lectern
