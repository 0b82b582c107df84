// Files are extracted while vectors are made of those before them, and neither waits for the end of
// the other: with stages that would wait without end if one did (meeting.cpp).
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

#include "lectern/lectern.hpp"
#include "test_folders.hpp"
#include "tests/support/test_folder.hpp"

namespace {

namespace fs = std::filesystem;
using lectern::Collection;

class Extraction : public testing::TestWithParam<unsigned> {};

TEST_P(Extraction, GoesOnBesideEmbedding) {
    constexpr int files = 200;  // whose tokens are many batches
    const lectern::TestFolder home;
    const fs::path folder = home.path();
    std::ofstream(folder / "meeting.yaml")
        << "version: 1\npipeline: meeting\nstages:\n"
           "  text: {plugin: meeting, stage: files}\n"
           "  chunks: {plugin: passages, stage: splitter, options: {max_tokens: 60}}\n"
           "  tokens: {plugin: words}\n"
           "  vectors: {plugin: meeting, stage: vectors}\n"
           "ingest: [source, text, chunks, tokens, vectors, commit]\n"
           "query: [query, tokens, vectors, search]\n";
    std::vector<fs::path> paths;
    for (int i = 0; i < files; ++i) {
        paths.push_back(folder / (std::to_string(1000 + i) + ".txt"));
        std::ofstream(paths.back()) << "A boat with the number " << i
                                    << " lies in the harbour beside the others and waits for the "
                                       "tide that is to come in the evening.\n";
    }
    paths.push_back(folder / "last.txt");
    std::ofstream(paths.back()) << "The last boat comes when the tide is high.\n";

    lectern::OpenOptions options;
    options.pipeline = (folder / "meeting.yaml").string();
    options.threads = GetParam();
    options.folders.plugins = {LECTERN_BINARY_DIR "/tests/scripted"};
    options.folders.cache = folder / "cache";
    auto collection = Collection::open(folder / "collection", std::move(options));
    ASSERT_TRUE(collection.ok()) << collection.status().message();
    const auto report = collection->ingest(paths);
    ASSERT_TRUE(report.ok()) << report.status().message();
    for (const lectern::IngestFailure& failure : report->failed)
        ADD_FAILURE() << failure.path << ": " << failure.error.message();
    EXPECT_EQ(report->documents, paths.size());
}

// With one thread for the pipeline, too: reading has threads of its own.
INSTANTIATE_TEST_SUITE_P(Threads, Extraction, testing::Values(1U, 2U, 4U));

}  // namespace
