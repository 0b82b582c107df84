// The three model files: what is read, and how everything else is refused.
#include <fasttext/fasttext.h>

#include <algorithm>

#include "plugins/word2vec/model_hash.hpp"
#include "plugins/word2vec/test_files.hpp"
#include "plugins/word2vec/word_vectors.hpp"

namespace lectern::word2vec {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

const std::vector<NamedVector> three_words{
    {"the", {1, 0.5F, -2, 0.25F}}, {"Zürich", {0, 3, 0, -1}}, {"猫", {-0.125F, 0, 7, 1}}};

void expect_three_words(const WordVectors& model) {
    EXPECT_EQ(model.dimension(), 4U);
    ASSERT_EQ(model.vocabulary().size(), 3U);
    EXPECT_FALSE(model.has_ngrams());
    for (const auto& [word, values] : three_words) EXPECT_EQ(model.vector(word), values) << word;
    EXPECT_EQ(model.vector("dog"), std::nullopt);
}

TEST(Word2vecText, IsReadAsWritten) {
    const Scratch scratch;
    const auto model = WordVectors::open(scratch.write("m.vec", word2vec_text(three_words)));
    EXPECT_STREQ(model.format(), "word2vec text");
    expect_three_words(model);
}

TEST(Word2vecText, TakesCarriageReturnsTabsExponentsAndAMissingLastLineFeed) {
    const auto model = parse_word2vec_text("2 2\r\na 1e-3 -2.5E1\r\nb\t.5 1e-60", "m");
    EXPECT_THAT(model.values, ElementsAre(0.001F, -25, 0.5F, 0));
}

TEST(Word2vecBinary, IsReadWithAndWithoutLineFeeds) {
    const Scratch scratch;
    for (const char* after : {"\n", ""}) {
        const auto model =
            WordVectors::open(scratch.write("m.bin", word2vec_binary(three_words, after)));
        EXPECT_STREQ(model.format(), "word2vec binary");
        expect_three_words(model);
    }
}

TEST(Word2vecFormats, AreToldApartByContent) {
    EXPECT_EQ(word2vec_kind(word2vec_text(three_words)), Word2vecKind::text);
    EXPECT_EQ(word2vec_kind(word2vec_binary(three_words)), Word2vecKind::binary);
    EXPECT_EQ(word2vec_kind("the 0.1 0.2\nof 0.3 0.4\n"), Word2vecKind::none);  // GloVe
    EXPECT_EQ(word2vec_kind("%PDF-1.7\n"), Word2vecKind::none);
    EXPECT_EQ(word2vec_kind(""), Word2vecKind::none);
}

struct BadFile {
    const char* what;
    std::string bytes;
    lectern_code code;
    const char* says;
};
void PrintTo(const BadFile& file, std::ostream* out) {
    *out << file.what;
}

class RefusedFile : public ::testing::TestWithParam<BadFile> {};

TEST_P(RefusedFile, WithAReasonThatNamesIt) {
    const Scratch scratch;
    const std::string path = scratch.write("bad.model", GetParam().bytes);
    EXPECT_THAT(failure([&] { (void)WordVectors::open(path); }),
                AllOf(StartsWith(code(GetParam().code)), HasSubstr("bad.model"),
                      HasSubstr(GetParam().says)));
}

const std::string nan_bytes("\0\0\xC0\x7F", 4);

INSTANTIATE_TEST_SUITE_P(
    Formats, RefusedFile,
    ::testing::Values(
        BadFile{"empty", "", LECTERN_INVALID_ARGUMENT, "is empty"},
        BadFile{"foreign", "{\"json\": true}\n", LECTERN_INVALID_ARGUMENT, "no word vector model"},
        BadFile{"glove", "the 0.1 0.2\n", LECTERN_INVALID_ARGUMENT, "WORDS DIMENSION"},
        BadFile{"no words", "0 100\n", LECTERN_INVALID_ARGUMENT, "no words"},
        BadFile{"no dimension", "1 0\na \n", LECTERN_CORRUPT, "cannot be"},
        BadFile{"lying count", "4000000000 300\na 1 2 3\n", LECTERN_CORRUPT, "do not fit"},
        BadFile{"lying dimension", "1 60000\na 1 2 3\n", LECTERN_CORRUPT, "do not fit"},
        BadFile{"count beyond any", "99999999999999999999 3\na 1 2 3\n", LECTERN_INVALID_ARGUMENT,
                "no word vector model"},
        BadFile{"too few values", "2 2\naa 1 2\nbbb 1\n", LECTERN_CORRUPT, "line 3"},
        BadFile{"too many values", "2 2\na 1 2 3\nb 1 2\n", LECTERN_CORRUPT, "line 2"},
        BadFile{"no number", "2 2\na 1 x2\nb 1 2\n", LECTERN_CORRUPT, "line 2"},
        BadFile{"not finite", "1 2\na 1 inf\n", LECTERN_CORRUPT, "line 2"},
        BadFile{"too few lines", "3 2\nlonger 1.00 2.00\nb 1.000 2.000\n", LECTERN_CORRUPT,
                "ends after 2 of 3"},
        BadFile{"no word", "1 2\n 1 2 \n", LECTERN_CORRUPT, "line 2"},
        BadFile{"binary NaN", "1 1\na " + nan_bytes + "\n", LECTERN_CORRUPT, "no number"},
        BadFile{"fastText magic alone", "\xBA\x16\x4F\x2F", LECTERN_CORRUPT, "ends inside"}),
    [](const auto& info) {
        std::string name = info.param.what;
        std::replace(name.begin(), name.end(), ' ', '_');
        return name;
    });

TEST(Word2vecBinary, CutAnywhereIsRefused) {
    const std::string whole = word2vec_binary(three_words);
    for (std::size_t size = 4; size + 1 < whole.size(); ++size)
        EXPECT_NE(failure([&] {
                      (void)parse_word2vec_binary(std::string_view(whole).substr(0, size), "m");
                  }),
                  "")
            << size;
}

TEST(WordVectors, MissingFileAndFolderAreNamed) {
    const Scratch scratch;
    EXPECT_THAT(failure([&] { (void)WordVectors::open(scratch.path("none.bin")); }),
                AllOf(StartsWith(code(LECTERN_NOT_FOUND)), HasSubstr("none.bin")));
    EXPECT_THAT(failure([&] { (void)WordVectors::open(scratch.path("")); }),
                StartsWith(code(LECTERN_INVALID_ARGUMENT)));
}

// A tiny model that the library itself wrote.
std::string library_model(const Scratch& scratch, int shortest, int longest) {
    std::string text;
    for (int i = 0; i < 50; ++i) text += "größe und 猫 naïve naïveté word words\n";
    fasttext::Args args;
    args.input = scratch.write("text", text);
    args.model = fasttext::model_name::sg;
    args.loss = fasttext::loss_name::ns;
    args.dim = 5;
    args.epoch = 1;
    args.minCount = 1;
    args.minn = shortest;
    args.maxn = longest;
    args.bucket = longest > 0 ? 97 : 0;
    args.thread = 1;
    args.verbose = 0;
    fasttext::FastText library;
    library.train(args);
    library.saveModel(scratch.path("m.bin"));
    return scratch.path("m.bin");
}

TEST(FastText, VectorsEqualTheLibrarysForKnownAndUnknownWords) {
    for (const auto& [shortest, longest] : {std::pair{0, 0}, {3, 6}, {1, 2}, {2, 4}}) {
        const Scratch scratch;
        const std::string path = library_model(scratch, shortest, longest);
        const auto model = WordVectors::open(path);
        EXPECT_STREQ(model.format(), "fasttext");
        fasttext::FastText library;
        library.loadModel(path);
        std::vector<std::string> words{"größe", "und", "猫", "naïveté", "word", "</s>"};
        if (longest > 0) words.insert(words.end(), {"großes", "猫猫猫", "wordz", "x", "🙂 🙂"});
        for (const std::string& word : words) {
            fasttext::Vector expected(5);
            library.getWordVector(expected, word);
            const auto got = model.vector(word);
            if (!got) {  // the library gives zeros for a word without rows
                EXPECT_EQ(expected.norm(), 0) << word << " " << shortest << "-" << longest;
                continue;
            }
            for (int i = 0; i < 5; ++i)
                EXPECT_NEAR((*got)[static_cast<std::size_t>(i)], expected[i], 1e-6)
                    << word << " " << shortest << "-" << longest;
        }
        EXPECT_EQ(model.vector("großes").has_value(), longest > 0);
    }
}

TEST(FastText, CountsAreThoseOfTheText) {
    const Scratch scratch;
    const auto model = WordVectors::open(library_model(scratch, 0, 0));
    const auto& words = model.vocabulary();
    ASSERT_EQ(words.size(), 8U);  // seven and </s>
    EXPECT_TRUE(words.has_counts());
    EXPECT_DOUBLE_EQ(words.probability(words.find("und").value()), 1.0 / 7);
}

TEST(FastText, CutAnywhereIsCorrupt) {
    const Scratch scratch;
    const std::string whole = read_file(library_model(scratch, 3, 4));
    for (std::size_t size = 4; size < whole.size(); size += size < 400 ? 1 : 97)
        EXPECT_THAT(
            failure([&] { (void)parse_fasttext(std::string_view(whole).substr(0, size), "m"); }),
            AllOf(StartsWith(code(LECTERN_CORRUPT)), HasSubstr("ends inside")))
            << size;
}

TEST(FastText, EveryHeaderNumberMayLie) {
    const Scratch scratch;
    const std::string whole = read_file(library_model(scratch, 3, 4));
    constexpr std::size_t numbers = 14 * 4 + 8 + 3 * 4 + 8 + 8;  // as far as the first word
    for (std::size_t at = 0; at < numbers; at += 4)
        for (const std::int32_t lie : {-1, 0, 1, 1 << 20, 0x7FFFFFFF}) {
            std::string changed = whole;
            std::memcpy(changed.data() + at, &lie, sizeof lie);
            // Either it is refused or the number did not matter; never a crash or a huge
            // allocation.
            const std::string message = failure([&] {
                const auto layout = parse_fasttext(changed, "m");
                std::vector<std::uint32_t> rows;
                ngram_rows(layout, "word", rows);
                for (const std::uint32_t row : rows)
                    ASSERT_LE(layout.matrix + (std::size_t{row} + 1) * layout.dimension * 4,
                              changed.size());
            });
            if (at == 4) {
                EXPECT_THAT(message, StartsWith(code(LECTERN_UNSUPPORTED)));
            } else if (at == 0 || at == 8) {
                EXPECT_THAT(message, StartsWith(code(LECTERN_CORRUPT))) << at;
            }
        }
}

TEST(ModelHash, SeesEveryByteAndTheLength) {
    const Scratch scratch;
    std::string bytes(3000, '\0');
    const std::uint64_t zeros = hash_file(scratch.write("a", bytes));
    EXPECT_EQ(zeros, hash_file(scratch.write("b", bytes)));
    EXPECT_NE(zeros, hash_file(scratch.write("a", bytes + '\0')));
    for (const std::size_t at : {0, 31, 1500, 2999}) {
        std::string changed = bytes;
        changed[at] = 1;
        EXPECT_NE(zeros, hash_file(scratch.write("a", changed))) << at;
    }
}

}  // namespace
}  // namespace lectern::word2vec
