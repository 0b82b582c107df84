// The memory of a large ingest, as the kernel counts it: the peak of the program's resident pages.
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <random>
#include <string>

#include "test_folders.hpp"
#include "tests/small_models.hpp"
#include "tests/support/test_folder.hpp"

namespace {

namespace fs = std::filesystem;

constexpr unsigned words = 1000;

class MemoryTest : public testing::Test {
 protected:
    // Rows of 8 KiB or so, in files of 4 MiB or so. Gives how many rows there are.
    [[nodiscard]] std::uint64_t write_texts(std::uint64_t bytes) const {
        fs::create_directories(folder / "in");
        std::mt19937 random(11);
        std::string vocabulary[words];
        for (unsigned i = 0; i < words; ++i) vocabulary[i] = lectern::test::word(i);
        std::uint64_t rows = 0;
        std::uint64_t written = 0;
        while (written < bytes) {
            std::string file;
            while (file.size() < (4U << 20U) && written + file.size() < bytes) {
                file += "{\"_id\":\"r" + std::to_string(rows++) + "\",\"text\":\"";
                for (int k = 0; k < 1200; ++k) {
                    file += vocabulary[random() % words];
                    file += k % 12 == 11 ? ". " : " ";
                }
                file += "\"}\n";
            }
            std::ofstream(folder / "in" / (std::to_string(written) + ".jsonl")) << file;
            written += file.size();
        }
        return rows;
    }

    struct Outcome {
        int state = 0;
        std::uint64_t peak_bytes = 0;
        std::string output;
    };
    // `memory`: the pipeline's.
    [[nodiscard]] Outcome ingest(const std::string& memory) const {
        lectern::test::write_word_vectors(folder / "words.vec", words, 16, 1);
        const std::string pipeline = folder / "pipeline.yaml";
        std::ofstream(pipeline)
            << "version: 1\npipeline: memory\nmemory: " << memory
            << "\nmax_document: 8 MiB\nstages:\n  jsonl: {plugin: documents, stage: jsonl}\n"
               "  chunks: {plugin: passages, stage: splitter, options: {max_tokens: 600}}\n"
               "  tokens: {plugin: words}\n"
               "  vectors: {plugin: word2vec, options: {model: words.vec}}\n"
               "ingest: [source, jsonl, chunks, tokens, vectors, commit]\n"
               "query: [query, tokens, vectors, search]\n";
        const std::string program = std::string(LECTERN_BINARY_DIR) + "/bin/lectern";
        const std::string collection = folder / "collection";
        const std::string input = folder / "in";
        const std::string output = folder / "out.json";
        const pid_t child = ::fork();
        if (child == 0) {
            if (std::freopen(output.c_str(), "w", stdout) == nullptr) ::_exit(126);
            ::execl(program.c_str(), program.c_str(), "ingest", "-c", collection.c_str(),
                    "--pipeline", pipeline.c_str(), "--json", input.c_str(),
                    static_cast<char*>(nullptr));
            ::_exit(127);
        }
        Outcome out;
        rusage usage{};
        EXPECT_EQ(::wait4(child, &out.state, 0, &usage), child);
        out.peak_bytes = static_cast<std::uint64_t>(usage.ru_maxrss) * 1024;  // Linux: KiB
        std::ifstream file(output);
        out.output.assign(std::istreambuf_iterator<char>(file), {});
        return out;
    }
    void check(std::uint64_t text_bytes, const std::string& memory, std::uint64_t limit) const {
        const std::uint64_t rows = write_texts(text_bytes);
        const Outcome found = ingest(memory);
        EXPECT_EQ(found.state, 0) << found.output;
        EXPECT_NE(found.output.find("\"documents\":" + std::to_string(rows) + ","),
                  std::string::npos)
            << rows << " rows: " << found.output;
        std::printf("%.0f MB of text, memory: %s; peak %.0f MB, limit %.0f MB\n%s",
                    static_cast<double>(text_bytes) / 1e6, memory.c_str(),
                    static_cast<double>(found.peak_bytes) / 1e6, static_cast<double>(limit) / 1e6,
                    found.output.c_str());
        EXPECT_LT(found.peak_bytes, limit);
    }

    lectern::TestFolder home;
    fs::path folder = home.path();
};

TEST_F(MemoryTest, HundredMegabytes) {
    check(100'000'000, "16 MiB", 300'000'000);
}

// Some minutes, and 6 GB of disk: ctest -L long.
TEST_F(MemoryTest, TwoGigabytes) {
    check(2'000'000'000, "256 MiB", 1'500'000'000);
}

}  // namespace
