// Runs a target on every file of the folders that are named, once: an ordinary test.
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

#include "tests/fuzz/fuzz.hpp"

int main(int count, char** arguments) {
    namespace fs = std::filesystem;
    std::vector<fs::path> files;
    for (int i = 1; i < count; ++i)
        for (const auto& entry : fs::recursive_directory_iterator(arguments[i]))
            if (entry.is_regular_file()) files.push_back(entry.path());
    std::sort(files.begin(), files.end());
    for (const fs::path& file : files) {
        std::printf("%s\n", file.c_str());
        std::fflush(stdout);  // the last line says which file it was that ended the process
        std::ifstream in(file, std::ios::binary);
        // Of exactly the file's size: a sanitiser then sees a read behind the end.
        const std::vector<char> bytes{std::istreambuf_iterator<char>(in), {}};
        lectern::fuzz::run({bytes.data(), bytes.size()});
    }
    if (files.empty()) std::fprintf(stderr, "error: there is no file to run\n");
    return files.empty() ? 1 : 0;
}
