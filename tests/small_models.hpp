// tests/small_models.hpp: word vectors made of nothing, for tests that need a model and no meaning.
#pragma once

#include <filesystem>
#include <fstream>
#include <random>
#include <string>
#include <vector>

namespace lectern::test {

// "bobaba": a word of a number below 4096, in letters.
inline std::string word(unsigned number) {
    std::string out;
    for (int i = 0; i < 3; ++i, number /= 16) {
        out += "bdfghklmnprstvwz"[number % 16];
        out += "aeiou"[number % 5];
    }
    return out;
}

// A model file in word2vec's text format, drawn at random: word(0) to word(count - 1), and more.
inline void write_word_vectors(const std::filesystem::path& file, unsigned count, int dimension,
                               unsigned seed, const std::vector<std::string>& more = {}) {
    std::mt19937 random(seed);
    std::normal_distribution<float> component;
    std::vector<std::string> words = more;
    for (unsigned i = 0; i < count; ++i) words.push_back(word(i));
    std::ofstream vectors(file);
    vectors << words.size() << ' ' << dimension << '\n';
    for (const std::string& name : words) {
        vectors << name;
        for (int k = 0; k < dimension; ++k) vectors << ' ' << component(random);
        vectors << '\n';
    }
}

// The same in a folder that it makes, with a pipeline NAME.yaml over it that searches by meaning
// and knows the words "moon" and "tides". Returns the pipeline's file.
inline std::filesystem::path write_small_pipeline(const std::filesystem::path& folder,
                                                  const std::string& name = "small") {
    std::filesystem::create_directories(folder);
    write_word_vectors(folder / "words.vec", 50, 8, 1, {"moon", "tides"});
    std::filesystem::path file = folder / (name + ".yaml");
    std::ofstream(file) << "version: 1\npipeline: " << name
                        << "\nstages:\n  text: {plugin: documents, stage: text}\n"
                           "  chunks: {plugin: passages, stage: splitter}\n"
                           "  tokens: {plugin: words}\n"
                           "  vectors: {plugin: word2vec, options: {model: words.vec}}\n"
                           "ingest: [source, text, chunks, tokens, vectors, commit]\n"
                           "query: [query, tokens, vectors, search]\n";
    return file;
}

}  // namespace lectern::test
