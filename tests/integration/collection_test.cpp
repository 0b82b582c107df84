// A collection from files to cited answers, as an embedding program uses it.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <random>
#include <stdexcept>
#include <string>

#include "lectern/copy.hpp"
#include "lectern/lectern.hpp"
#include "lectern/patch.hpp"
#include "test_folders.hpp"
#include "tests/support/test_folder.hpp"

namespace {

namespace fs = std::filesystem;
using lectern::AnswerStatus;
using lectern::Code;
using lectern::Collection;

const std::string samples = std::string(LECTERN_SOURCE_DIR) + "/samples";

class CollectionTest : public testing::Test {
 protected:
    void write(const std::string& name, const std::string& bytes) const {
        fs::create_directories((folder / name).parent_path());
        std::ofstream(folder / name, std::ios::binary) << bytes;
    }
    [[nodiscard]] lectern::Result<Collection> open(lectern::OpenOptions options = {}) const {
        return Collection::open(folder / "collection", std::move(options));
    }

    lectern::TestFolder home;
    fs::path folder = home.path();
};

TEST_F(CollectionTest, SamplesAreFoundByMeaningAndAnsweredWithByteTrueCitations) {
    auto collection = open();
    ASSERT_TRUE(collection.ok()) << collection.status().message();
    const auto report = collection->ingest({samples});
    ASSERT_TRUE(report.ok()) << report.status().message();
    EXPECT_GE(report->documents, 30U);
    EXPECT_TRUE(report->failed.empty()) << report->failed.front().error.message();

    const auto found = collection->search("Why does the decoder not see later words?", {.k = 5});
    ASSERT_TRUE(found.ok()) << found.status().message();
    ASSERT_EQ(found->hits.size(), 5U);
    for (std::size_t i = 1; i < found->hits.size(); ++i) {
        EXPECT_GE(found->hits[i - 1].score, found->hits[i].score);
        EXPECT_NE(found->hits[i - 1].document, found->hits[i].document);
    }
    for (const lectern::Hit& hit : found->hits) {
        const auto document = collection->get(hit.document);
        ASSERT_TRUE(document.ok());
        EXPECT_EQ(document->text.substr(hit.begin, hit.end - hit.begin), hit.text);
    }

    std::string streamed;
    lectern::AskOptions options;
    options.on_text = [&](std::string_view piece) { streamed += piece; };
    const auto answer = collection->ask("Why is BERT not GPT?", options);
    ASSERT_TRUE(answer.ok()) << answer.status().message();
    EXPECT_NE(answer->status, AnswerStatus::abstained);
    EXPECT_EQ(streamed, answer->text);
    ASSERT_FALSE(answer->citations.empty());
    for (const lectern::Citation& citation : answer->citations) {
        const auto document = collection->get(citation.document);
        ASSERT_TRUE(document.ok());
        EXPECT_EQ(document->text.substr(citation.begin, citation.end - citation.begin),
                  citation.quote);
        EXPECT_NE(answer->text.find("[" + std::to_string(citation.n) + "]"), std::string::npos);
    }

    for (const char* unknown : {"At what temperature does liquid nitrogen boil?",
                                "How many parameters does GPT-4 have?"}) {
        const auto none = collection->ask(unknown);
        ASSERT_TRUE(none.ok());
        EXPECT_EQ(none->status, AnswerStatus::abstained) << unknown << ": " << none->text;
        EXPECT_TRUE(none->text.empty());
        EXPECT_FALSE(none->hits.empty());
    }
}

TEST_F(CollectionTest, UnchangedFilesAreSkippedAndChangedOnesReplaced) {
    write("notes/a.md", "# Tides\n\nThe moon raises the tides of the sea.\n");
    write("notes/b.md", "# Bread\n\nYeast makes the dough of bread rise.\n");
    auto collection = open();
    ASSERT_TRUE(collection.ok()) << collection.status().message();
    ASSERT_EQ(collection->ingest({folder / "notes"})->documents, 2U);

    const auto again = collection->ingest({folder / "notes"});
    EXPECT_EQ(again->documents, 0U);
    EXPECT_EQ(again->skipped, 2U);

    write("notes/a.md", "# Tides\n\nVolcanoes throw out molten rock.\n");
    EXPECT_EQ(collection->ingest({folder / "notes"})->documents, 1U);
    const auto hits = collection->search("molten rock of volcanoes", {.k = 1});
    EXPECT_NE(hits->hits.at(0).text.find("Volcanoes"), std::string::npos);
    EXPECT_EQ(collection->stats()->documents, 2U);

    const std::vector<std::string> gone{(folder / "notes/a.md").string()};
    EXPECT_EQ(*collection->remove(gone), 1U);
    const auto left = collection->search("molten rock of volcanoes");
    for (const lectern::Hit& hit : left->hits) EXPECT_NE(hit.document, gone.front());
    EXPECT_EQ(collection->get(gone.front()).status().code(), Code::not_found);
}

TEST_F(CollectionTest, BadFilesAreReportedAndTheOthersStored) {
    write("in/good.txt", "A lighthouse warns ships of the rocks near the coast.");
    write("in/empty.txt", "");
    write("in/binary.dat", std::string("\x7f"
                                       "ELF\0\0\0\1\2\3",
                                       10));
    write("in/latin1.txt", "caf\xe9 au lait");  // guessed, and read
    write("in/broken.pdf", "%PDF-1.4\nthis is no PDF");
    write("in/rows.jsonl",
          "{\"_id\":\"r1\",\"title\":\"Rain\",\"text\":\"Rain falls from clouds.\",\"year\":1999}\n"
          "{\"_id\":\"r2\",\"text\":\n");
    auto collection = open();
    ASSERT_TRUE(collection.ok()) << collection.status().message();
    const auto report = collection->ingest({folder / "in", folder / "missing"});
    ASSERT_TRUE(report.ok()) << report.status().message();
    EXPECT_EQ(report->documents, 3U);
    std::map<std::string, std::string> failed;
    for (const lectern::IngestFailure& failure : report->failed)
        failed[fs::path(failure.path.substr(0, failure.path.find(": "))).filename().string()] =
            failure.error.message();
    for (const char* name : {"empty.txt", "binary.dat", "broken.pdf", "rows.jsonl", "missing"}) {
        EXPECT_TRUE(failed.contains(name)) << name;
        EXPECT_FALSE(failed[name].empty()) << name;
    }
    EXPECT_EQ(failed.size(), 5U);
    EXPECT_EQ(collection->get("r1")->metadata, "{\"year\":1999}");
}

TEST_F(CollectionTest, BadQueriesAreRefusedWithAReason) {
    write("a.txt", "One document.");
    auto collection = open();
    ASSERT_TRUE(collection.ok()) << collection.status().message();
    ASSERT_TRUE(collection->ingest({folder / "a.txt"}).ok());
    const std::array<std::pair<std::string, std::string>, 4> cases{
        {{"", "empty"},
         {std::string("nul\0byte", 8), "NUL byte at offset 3"},
         {std::string(1 << 20, 'x'), "1048576 bytes"},
         {"caf\xe9", "not valid UTF-8 at byte 3"}}};
    for (const auto& [query, reason] : cases) {
        const auto result = collection->search(query);
        ASSERT_FALSE(result.ok());
        EXPECT_EQ(result.status().code(), Code::invalid_argument);
        EXPECT_NE(result.status().message().find(reason), std::string::npos)
            << result.status().message();
    }
}

TEST_F(CollectionTest, WhatAProgressFunctionThrowsComesBackToTheCaller) {
    lectern::OpenOptions search_only;
    search_only.pipeline = "search-only";
    auto collection = open(search_only);
    ASSERT_TRUE(collection.ok()) << collection.status().message();
    lectern::IngestOptions options;
    options.progress = [](const lectern::IngestProgress&) { throw std::runtime_error("mine"); };
    EXPECT_THROW((void)collection->ingest({samples}, options), std::runtime_error);
    // It goes on as before.
    const auto again = collection->ingest({samples});
    ASSERT_TRUE(again.ok()) << again.status().message();
    EXPECT_TRUE(again->failed.empty());
    EXPECT_EQ(collection->stats()->documents, again->documents + again->skipped);
}

TEST_F(CollectionTest, MoreThreadsThanAPipelineMayAskForAreRefused) {
    lectern::OpenOptions options;
    options.threads = 100'000;
    const auto refused = open(options);
    ASSERT_FALSE(refused.ok());
    EXPECT_EQ(refused.status().code(), Code::invalid_argument);
    EXPECT_EQ(refused.status().message(), "threads is 100000; it must be 0 to 1024");
}

TEST_F(CollectionTest, ATrainedModelReplacesNothingButAFile) {
    const lectern::TextFeed none = [] {
        return lectern::Result<std::optional<std::string>>(std::optional<std::string>{});
    };
    fs::create_directory(folder / "taken");
    for (const fs::path& model :
         {fs::path(), folder / "taken", folder / "taken/", fs::path("/dev/null")}) {
        const auto refused = lectern::train(none, model);
        ASSERT_FALSE(refused.ok()) << model;
        EXPECT_EQ(refused.status().code(), Code::invalid_argument) << model;
    }
    EXPECT_EQ(lectern::train(none, folder / "nowhere/model").status().code(), Code::not_found);
    EXPECT_FALSE(lectern::evaluate({}, folder / "test").ok());
    EXPECT_TRUE(fs::is_directory(folder / "taken"));
}

TEST_F(CollectionTest, ADocumentOverTheLimitIsRefused) {
    auto collection = open();
    ASSERT_TRUE(collection.ok()) << collection.status().message();
    const std::string large(33U << 20U, 'a');
    const auto report = collection->ingest_bytes("large.txt", large);
    ASSERT_TRUE(report.ok()) << report.status().message();
    ASSERT_EQ(report->failed.size(), 1U);
    EXPECT_NE(report->failed.front().error.message().find("max_document"), std::string::npos);
}

TEST_F(CollectionTest, OriginalsAreKeptWhereTheCollectionIsTold) {
    lectern::OpenOptions options;
    options.pipeline = "search-only";
    auto collection = open(options);
    ASSERT_TRUE(collection.ok()) << collection.status().message();
    const std::string page = "<title>Tides</title><p>The moon raises the tides.</p>";
    const std::string same_text = "<title>Tides</title>\n<p>The moon raises the tides.</p>\n";
    const auto kept = [&](const std::string& id) {
        const auto found = collection->original(id);
        return found.ok() ? *found : "none: " + std::string(lectern::name(found.status().code()));
    };
    const auto ingest = [&](const std::string& id, std::string_view bytes) {
        const auto report = collection->ingest_bytes(id, bytes);
        ASSERT_TRUE(report.ok()) << report.status().message();
        EXPECT_TRUE(report->failed.empty());
    };
    ingest("tides.html", page);
    EXPECT_EQ(kept("tides.html"), "none: not found");
    EXPECT_FALSE(collection->stats()->keeps_originals);

    ASSERT_TRUE(collection->keep_originals(true).ok());
    EXPECT_TRUE(collection->stats()->keeps_originals);
    // The text is there already; the file is not.
    ingest("tides.html", page);
    EXPECT_EQ(kept("tides.html"), page);
    EXPECT_EQ(collection->get("tides.html")->original_bytes, page.size());
    // Another file with the same text is another file.
    ingest("tides.html", same_text);
    EXPECT_EQ(kept("tides.html"), same_text);
    ASSERT_TRUE(lectern::patch_metadata(*collection, "tides.html", R"({"year": 1911})").ok());
    EXPECT_EQ(kept("tides.html"), same_text);
    // A row is not its file, and a document that was handed over has none.
    ingest("rows.jsonl", "{\"_id\": \"row\", \"text\": \"A row.\"}\n");
    EXPECT_EQ(kept("row"), "none: not found");
    const lectern::DocumentInput given{"given", "", "A text.", ""};
    ASSERT_TRUE(collection->ingest_documents({&given, 1}).ok());
    EXPECT_EQ(kept("given"), "none: not found");
    // Files of a folder are files as well.
    write("notes/sea.md", "# The sea\n\nIt is never still.\n");
    ASSERT_TRUE(collection->ingest({folder / "notes"}).ok());
    std::string sea;
    ASSERT_TRUE(collection
                    ->each_document([&](const lectern::Document& document) {
                        if (document.id.ends_with("sea.md")) sea = document.id;
                        return true;
                    })
                    .ok());
    EXPECT_EQ(kept(sea), "# The sea\n\nIt is never still.\n");

    const std::vector<std::string> ids{"tides.html"};
    ASSERT_TRUE(collection->remove(ids).ok());
    EXPECT_EQ(kept("tides.html"), "none: not found");
    ASSERT_TRUE(collection->keep_originals(false).ok());
    EXPECT_EQ(kept(sea), "# The sea\n\nIt is never still.\n");
    ingest("tides.html", page);
    EXPECT_EQ(kept("tides.html"), "none: not found");
}

TEST_F(CollectionTest, OriginalsGoIntoACopyAlsoWhereItHasTheText) {
    lectern::OpenOptions options;
    options.pipeline = "search-only";
    const std::string page = "<title>Tides</title><p>The moon raises the tides.</p>";
    const auto store = [&](bool keep) {
        auto collection = open(options);
        ASSERT_TRUE(collection.ok()) << collection.status().message();
        ASSERT_TRUE(collection->keep_originals(keep).ok());
        ASSERT_TRUE(collection->ingest_bytes("tides.html", page).ok());
    };
    const auto copied = [&](std::uint64_t resumed) -> std::string {
        const auto report = lectern::copy_collection(folder / "collection", folder / "copy");
        if (!report.ok()) return report.status().message();
        EXPECT_EQ(report->resumed, resumed);
        EXPECT_EQ(report->same, 1U);
        const auto copy = Collection::open(folder / "copy", options);
        if (!copy.ok()) return copy.status().message();
        const auto found = copy->original("tides.html");
        return found.ok() ? *found : "none: " + std::string(lectern::name(found.status().code()));
    };
    store(false);
    EXPECT_EQ(copied(0), "none: not found");
    store(true);
    EXPECT_EQ(copied(0), page);
    EXPECT_EQ(copied(1), page);
}

TEST_F(CollectionTest, OneOwnerAtATime) {
    auto first = open();
    ASSERT_TRUE(first.ok()) << first.status().message();
    const auto second = open();
    ASSERT_FALSE(second.ok());
    EXPECT_EQ(second.status().code(), Code::unavailable) << second.status().message();
}

TEST_F(CollectionTest, AnotherModelIsRefusedWithBothFingerprints) {
    std::string vectors = "6 3\n";
    for (const char* word : {"one", "two", "three", "sea", "moon", "bread"})
        vectors += std::string(word) + " 0.1 0.2 0.3\n";
    write("words.vec", vectors);
    write("words.yaml",
          "version: 1\npipeline: words\nstages:\n"
          "  text: {plugin: documents, stage: text}\n"
          "  chunks: {plugin: passages, stage: splitter}\n"
          "  tokens: {plugin: words}\n"
          "  vectors: {plugin: word2vec, options: {model: words.vec}}\n"
          "ingest: [source, text, chunks, tokens, vectors, commit]\n"
          "query: [query, tokens, vectors, search]\n");
    write("a.txt", "One two three bread.");
    lectern::OpenOptions options;
    options.pipeline = (folder / "words.yaml").string();
    {
        auto collection = open(options);
        ASSERT_TRUE(collection.ok()) << collection.status().message();
        ASSERT_EQ(collection->ingest({folder / "a.txt"})->documents, 1U);
        EXPECT_EQ(collection->search("bread")->hits.size(), 1U);
        EXPECT_EQ(collection->ask("What is bread?").status().code(), Code::unsupported);
    }
    {
        // It keeps its pipeline, and where that found the model.
        auto again = open();
        ASSERT_TRUE(again.ok()) << again.status().message();
        EXPECT_EQ(again->stats()->pipeline, "words");
    }
    options.pipeline = "search-only";
    const auto other = open(options);
    ASSERT_FALSE(other.ok());
    EXPECT_NE(other.status().message().find("word2vec:"), std::string::npos);
    EXPECT_NE(other.status().message().find("bert:"), std::string::npos);
}

TEST_F(CollectionTest, AMissingModelNamesTheStageAndLeavesNothingBehind) {
    write("bad.yaml",
          "version: 1\npipeline: bad\nstages:\n"
          "  text: {plugin: documents, stage: text}\n"
          "  chunks: {plugin: passages, stage: splitter}\n"
          "  tokens: {plugin: wordpiece, options: {model: no-such-model}}\n"
          "  vectors: {plugin: bert, options: {model: all-MiniLM-L6-v2}}\n"
          "ingest: [source, text, chunks, tokens, vectors, commit]\n"
          "query: [query, tokens, vectors, search]\n");
    lectern::OpenOptions options;
    options.pipeline = (folder / "bad.yaml").string();
    const auto collection = open(options);
    ASSERT_FALSE(collection.ok());
    EXPECT_NE(collection.status().message().find("no-such-model"), std::string::npos)
        << collection.status().message();
    EXPECT_FALSE(fs::exists(folder / "collection"));
}

// Ends with the same collection as one clean run, wherever it was killed.
TEST_F(CollectionTest, IngestKilledAtRandomAndRunAgainEndsComplete) {
    constexpr int documents = 600;
    for (int i = 0; i < documents; ++i)
        write("many/" + std::to_string(i) + ".txt",
              "Document number " + std::to_string(i) + " speaks of harbour " +
                  std::to_string(i * 7) + ". Its ships carry grain and salt.");
    const std::string program = std::string(LECTERN_BINARY_DIR) + "/bin/lectern";
    const std::string collection = (folder / "collection").string();
    const std::string input = (folder / "many").string();
    const auto seed = static_cast<unsigned>(std::random_device{}());
    std::printf("seed %u\n", seed);
    std::mt19937 random(seed);
    const auto start = [&] {
        const pid_t child = ::fork();
        if (child == 0) {
            ::execl(program.c_str(), program.c_str(), "ingest", "-c", collection.c_str(),
                    input.c_str(), "--json", static_cast<char*>(nullptr));
            ::_exit(127);
        }
        return child;
    };
    for (int round = 0; round < 20; ++round) {
        const pid_t child = start();
        ASSERT_GT(child, 0);
        ::usleep(std::uniform_int_distribution<unsigned>(0, 700'000)(random));
        ::kill(child, SIGKILL);
        int status = 0;
        ASSERT_EQ(::waitpid(child, &status, 0), child);
    }
    const pid_t last = start();
    int status = 0;
    ASSERT_EQ(::waitpid(last, &status, 0), last);
    ASSERT_TRUE(WIFEXITED(status));
    EXPECT_EQ(WEXITSTATUS(status), 0);

    auto opened = open();
    ASSERT_TRUE(opened.ok()) << opened.status().message();
    EXPECT_EQ(opened->stats()->documents, static_cast<std::uint64_t>(documents));
    EXPECT_EQ(opened->stats()->chunks, static_cast<std::uint64_t>(documents));
    for (int i = 0; i < documents; ++i) {
        const auto document = opened->get(input + "/" + std::to_string(i) + ".txt");
        ASSERT_TRUE(document.ok()) << document.status().message();
        ASSERT_EQ(document->chunks.size(), 1U);
        EXPECT_EQ(document->chunks.front().end, document->text.size());
    }
    const auto hits = opened->search("harbour 294", {.k = documents});
    ASSERT_TRUE(hits.ok());
    EXPECT_EQ(hits->hits.size(), static_cast<std::uint64_t>(documents));
}

// Every sentence of a summary stands on bytes of a document, as in an answer.
TEST_F(CollectionTest, SummariesOfADocumentOfHitsAndOfEachHit) {
    auto collection = open();
    ASSERT_TRUE(collection.ok()) << collection.status().message();
    ASSERT_TRUE(collection->ingest({samples + "/bert.md", samples + "/gpt.md"}).ok());
    const auto expect_cited = [&](const lectern::Summary& summary) {
        EXPECT_FALSE(summary.text.empty());
        EXPECT_FALSE(summary.citations.empty());
        for (const lectern::Citation& citation : summary.citations) {
            const auto document = collection->get(citation.document);
            ASSERT_TRUE(document.ok());
            EXPECT_EQ(document->text.substr(citation.begin, citation.end - citation.begin),
                      citation.quote);
            EXPECT_NE(summary.text.find("[" + std::to_string(citation.n) + "]"), std::string::npos);
        }
    };
    std::string streamed;
    lectern::SummarizeOptions summarize;
    summarize.on_text = [&](std::string_view piece) { streamed += piece; };
    const auto document = collection->summarize(samples + "/bert.md", summarize);
    ASSERT_TRUE(document.ok()) << document.status().message();
    EXPECT_EQ(streamed, document->text);
    expect_cited(*document);
    ASSERT_GE(document->citations.size(), 2U) << "one sentence says little: " << document->text;
    EXPECT_EQ(document->citations[0].n, 1U) << "it begins as the text does: " << document->text;
    for (const lectern::Citation& citation : document->citations)
        EXPECT_EQ(citation.quote.find("J. Devlin"), std::string::npos) << "a list of sources";
    EXPECT_EQ(collection->summarize("nothing").status().code(), Code::not_found);

    lectern::SearchOptions options;
    options.k = 2;
    options.summaries = lectern::Summaries::list;
    streamed.clear();
    options.on_summary = [&](std::size_t hit, std::string_view piece) {
        EXPECT_EQ(hit, 0U);
        streamed += piece;
    };
    const auto list = collection->search("How does BERT learn?", options);
    ASSERT_TRUE(list.ok()) << list.status().message();
    ASSERT_EQ(list->summaries.size(), 1U);
    EXPECT_EQ(streamed, list->summaries[0].text);
    expect_cited(list->summaries[0]);

    options.summaries = lectern::Summaries::each;
    options.on_summary = nullptr;
    const auto each = collection->search("How does BERT learn?", options);
    ASSERT_TRUE(each.ok()) << each.status().message();
    ASSERT_EQ(each->summaries.size(), each->hits.size());
    for (std::size_t i = 0; i < each->hits.size(); ++i)
        for (const lectern::Citation& citation : each->summaries[i].citations)
            EXPECT_EQ(citation.document, each->hits[i].document);
}

}  // namespace
