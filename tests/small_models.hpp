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

}  // namespace lectern::test
