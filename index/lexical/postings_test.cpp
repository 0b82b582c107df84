#include "index/lexical/postings.hpp"

#include <gtest/gtest.h>

#include <map>
#include <random>

#include "index/lexical/bit_packing.hpp"
#include "index/lexical/bm25.hpp"
#include "index/lexical/length_code.hpp"

namespace lectern::index::lexical {
namespace {

TEST(LengthCode, IsExactBelow32AndOrderedAndCloseAbove) {
    for (std::uint64_t words = 0; words < 32; ++words)
        EXPECT_EQ(length_of(length_code(words)), static_cast<double>(words));
    for (std::uint64_t words = 32; words < 500'000; words += 1 + words / 50) {
        const double length = length_of(length_code(words));
        EXPECT_NEAR(length / static_cast<double>(words), 1.0, 0.033) << words;
        EXPECT_LE(length_code(words - 1), length_code(words));
    }
    EXPECT_EQ(length_code(~std::uint64_t{0}), length_code((1u << 19) - 1));
}

TEST(BitPacking, GivesBackEveryWidth) {
    std::mt19937 random(1);
    for (unsigned width = 0; width <= 32; ++width) {
        std::vector<std::uint32_t> values(77);
        const auto mask = static_cast<std::uint32_t>((std::uint64_t{1} << width) - 1);
        for (auto& value : values) value = static_cast<std::uint32_t>(random()) & mask;
        std::string bytes;
        pack(values, width, bytes);
        EXPECT_EQ(bytes.size(), packed_bytes(values.size(), width));
        bytes.append(unpack_slack, '\xFF');
        std::vector<std::uint32_t> back(values.size());
        unpack(bytes.data(), width, back);
        EXPECT_EQ(back, values) << width;
    }
}

struct Written {
    std::map<std::string, std::string> rows;
    std::vector<std::uint8_t> text_lengths, title_lengths;
};

Written write(const std::vector<Posting>& postings, std::int64_t removed, std::uint32_t rows) {
    std::mt19937 random(2);
    Written out;
    for (std::uint32_t row = 0; row < rows; ++row) {
        out.text_lengths.push_back(static_cast<std::uint8_t>(random() % 120));
        out.title_lengths.push_back(static_cast<std::uint8_t>(random() % 12));
    }
    ListWriter::Rows made;
    ListWriter list("term", made);
    for (const Posting& posting : postings)
        list.add(posting, out.text_lengths[posting.row], out.title_lengths[posting.row]);
    list.finish(removed);
    for (auto& [key, value] : made) out.rows.emplace(key, value);
    return out;
}

std::vector<Posting> sample(std::size_t count, std::uint32_t gap) {
    std::mt19937 random(static_cast<unsigned>(count * 31 + gap));
    std::vector<Posting> out;
    std::uint32_t row = 0;
    for (std::size_t i = 0; i < count; ++i) {
        row += static_cast<std::uint32_t>(random() % gap);
        const auto title = static_cast<std::uint32_t>(random() % 5 == 0 ? 1 + random() % 2 : 0);
        const bool only_title = title > 0 && random() % 2 == 0;
        const auto text = static_cast<std::uint32_t>(only_title ? 0 : 1 + random() % 3);
        out.push_back({row++, text, title});
    }
    return out;
}

TEST(Postings, ListsOfAllSizesComeBackAndTheirBoundsHold) {
    for (const std::size_t count : {1, 2, 127, 128, 129, 1024, 1025, 5000}) {
        const std::vector<Posting> postings = sample(count, 7);
        const Written written = write(postings, -3, postings.back().row + 1);
        EXPECT_EQ(written.rows.size(), count <= 128 ? 1 : 1 + (count + 1023) / 1024) << count;
        const auto head = decode_head(written.rows.at("term"));
        ASSERT_TRUE(head);
        EXPECT_EQ(head->count, count);
        EXPECT_EQ(head->removed, -3);
        const Scorer scorer({0.9, 0.4, 2.0, 0.5}, 40, 5);
        std::vector<Posting> back;
        for (std::size_t i = 0; i < head->blocks.size(); ++i) {
            const Block& block = head->blocks[i];
            std::string bytes = head->own;
            std::size_t offset = 0;
            if (head->blocks.size() > 1) {
                bytes = written.rows.at(group_key("term", static_cast<std::uint32_t>(i / 8)));
                bytes.append(unpack_slack, '\0');
                offset = block.offset;
            }
            const std::size_t from = back.size();
            ASSERT_TRUE(
                decode_block(std::string_view(bytes).substr(offset, block.bytes), block, back));
            if (head->blocks.size() == 1) continue;
            EXPECT_EQ(back.back().row, block.last);
            for (std::size_t at = from; at < back.size(); ++at)
                EXPECT_LE(scorer.score(1, back[at].text, written.text_lengths[back[at].row],
                                       back[at].title, written.title_lengths[back[at].row]),
                          scorer.bound(1, block) + 1e-12);
        }
        EXPECT_EQ(back, postings) << count;
    }
}

TEST(Postings, AListThatOnlyRemovesHasAHeadAndAnEmptyOneHasNone) {
    const Written removes = write({}, 5, 0);
    ASSERT_EQ(removes.rows.size(), 1U);
    const auto head = decode_head(removes.rows.at("term"));
    ASSERT_TRUE(head);
    EXPECT_EQ(head->count, 0U);
    EXPECT_EQ(head->removed, 5);
    EXPECT_TRUE(write({}, 0, 0).rows.empty());
}

TEST(Postings, CutOrChangedBytesAreRefusedNotRead) {
    const std::vector<Posting> postings = sample(700, 9);
    const Written written = write(postings, 0, postings.back().row + 1);
    const std::string& head = written.rows.at("term");
    for (std::size_t size = 0; size < head.size(); ++size)
        EXPECT_FALSE(decode_head(std::string_view(head).substr(0, size))) << size;
    EXPECT_FALSE(decode_head(head + "x"));
    const auto decoded = decode_head(head);
    ASSERT_TRUE(decoded);
    std::string group = written.rows.at(group_key("term", 0)) + std::string(unpack_slack, '\0');
    const Block& block = decoded->blocks.front();
    std::vector<Posting> out;
    EXPECT_FALSE(decode_block(std::string_view(group).substr(0, block.bytes - 1), block, out));
    group[0] = 33;  // a width that no block has
    EXPECT_FALSE(decode_block(std::string_view(group).substr(0, block.bytes), block, out));
}

}  // namespace
}  // namespace lectern::index::lexical
