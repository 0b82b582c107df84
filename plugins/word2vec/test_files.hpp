// test_files.hpp: what the tests of this folder share: scratch files, small models, a small corpus.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "plugins/word2vec/failure.hpp"

namespace lectern::word2vec {

// A folder of one test, gone when it ends.
class Scratch {
 public:
    Scratch() {
        std::string name = ::testing::TempDir() + "/lectern-word2vec-XXXXXX";
        if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no scratch folder");
        folder_ = name;
    }
    Scratch(const Scratch&) = delete;
    Scratch& operator=(const Scratch&) = delete;
    ~Scratch() {
        std::error_code ignored;
        std::filesystem::remove_all(folder_, ignored);
    }
    [[nodiscard]] std::string path(const std::string& name) const { return folder_ + "/" + name; }
    [[nodiscard]] std::string write(const std::string& name, std::string_view bytes) const {
        std::ofstream out(path(name), std::ios::binary);
        out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
        return path(name);
    }
    [[nodiscard]] std::vector<std::string> names() const {
        std::vector<std::string> out;
        for (const auto& entry : std::filesystem::directory_iterator(folder_))
            out.push_back(entry.path().filename());
        return out;
    }

 private:
    std::string folder_;
};

inline std::string read_file(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

using NamedVector = std::pair<std::string, std::vector<float>>;

inline std::string word2vec_text(const std::vector<NamedVector>& words) {
    std::string out =
        std::to_string(words.size()) + " " + std::to_string(words.front().second.size()) + "\n";
    for (const auto& [word, values] : words) {
        out += word;
        for (const float value : values) out += " " + std::to_string(value);
        out += " \n";  // as word2vec.c writes it
    }
    return out;
}

inline std::string word2vec_binary(const std::vector<NamedVector>& words,
                                   std::string_view after_each = "\n") {
    std::string out =
        std::to_string(words.size()) + " " + std::to_string(words.front().second.size()) + "\n";
    for (const auto& [word, values] : words) {
        out += word + " ";
        out.append(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(float));
        out += after_each;
    }
    return out;
}

template <typename Left, typename Right>
double cosine(const Left& left, const Right& right) {
    double product = 0;
    double first = 0;
    double second = 0;
    for (std::size_t i = 0; i < left.size(); ++i) {
        product += static_cast<double>(left[i]) * right[i];
        first += static_cast<double>(left[i]) * left[i];
        second += static_cast<double>(right[i]) * right[i];
    }
    return product / std::sqrt(first * second);
}

// The message of the Failure that `function` throws, with its code in front; "" when none.
template <typename Function>
std::string failure(Function&& function) {
    try {
        function();
    } catch (const Failure& caught) {
        return std::to_string(caught.code()) + " " + caught.what();
    }
    return "";
}
inline std::string code(lectern_code value) {
    return std::to_string(value) + " ";
}

// Countries and capitals: each pair has words of its own (its language, its river), each kind has
// sentences of its own, as in real text.
inline constexpr std::array<std::array<const char*, 4>, 12> countries{{
    {"france", "paris", "french", "seine"},
    {"germany", "berlin", "german", "spree"},
    {"italy", "rome", "italian", "tiber"},
    {"spain", "madrid", "spanish", "manzanares"},
    {"portugal", "lisbon", "portuguese", "tagus"},
    {"austria", "vienna", "austrian", "danube"},
    {"poland", "warsaw", "polish", "vistula"},
    {"russia", "moscow", "russian", "moskva"},
    {"egypt", "cairo", "arabic", "nile"},
    {"japan", "tokyo", "japanese", "sumida"},
    {"norway", "oslo", "norwegian", "aker"},
    {"sweden", "stockholm", "swedish", "norrstrom"},
}};

// Documents of six sentences. Always the same for the same count.
inline std::vector<std::string> country_documents(std::size_t count) {
    // 0 country, 1 capital, 2 language, 3 river
    constexpr std::array<std::string_view, 12> sentences{
        "the government of 0 passed a law for the whole nation",
        "the borders of 0 and its army protect the nation",
        "farmers in 0 export wheat and speak 2",
        "the nation of 0 has a president who speaks 2",
        "the streets of 1 are full of museums and trams",
        "the mayor of 1 opened a bridge over the 3",
        "the museums and trams of 1 near the 3",
        "in 1 the mayor speaks 2 near the museums",
        "1 is the capital of 0",
        "the 3 flows through 0",
        "2 literature comes from 0 and the nation reads it",
        "2 theatres stand in 1 beside the 3",
    };
    std::mt19937 random(7);
    std::vector<std::string> out;
    for (std::size_t i = 0; i < count; ++i) {
        const auto& names = countries[random() % countries.size()];
        std::string document;
        for (int sentence = 0; sentence < 6; ++sentence) {
            for (const char c : sentences[random() % sentences.size()]) {
                if (c >= '0' && c <= '3')
                    document += names[static_cast<std::size_t>(c - '0')];
                else
                    document += c;
            }
            document += ". ";
        }
        out.push_back(std::move(document));
    }
    return out;
}

}  // namespace lectern::word2vec
