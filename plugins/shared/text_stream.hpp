// From the bytes of tokens to pieces of text that a reader can be shown: whole UTF-8 characters,
// and nothing that may turn out to be the beginning of a stop string.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace lectern::shared {

// Joins bytes to characters. A byte sequence that is no UTF-8 becomes U+FFFD, one for each maximal
// subpart (Unicode Standard, section 3.9, as browsers do).
class Utf8Joiner {
 public:
    // Appends to `out` the characters that `bytes` complete.
    void append(std::string_view bytes, std::string& out);
    // The end of the text: an unfinished character becomes U+FFFD.
    void finish(std::string& out);

 private:
    std::string partial_;  // of one character, at most 3 bytes
};

class TextStream {
 public:
    // Takes a piece; false: no more is wanted.
    using Emit = std::function<bool(std::string_view)>;

    // Stop strings are not empty.
    TextStream(std::vector<std::string> stops, Emit emit);

    // False when the text has ended: a stop string was met, or `emit` said so.
    [[nodiscard]] bool append(std::string_view bytes);
    // Emits what was held back. Not called after append was false.
    void finish();

 private:
    bool flush(bool all);

    std::vector<std::string> stops_;
    Emit emit_;
    Utf8Joiner joiner_;
    std::string held_;  // whole characters, not yet emitted
};

}  // namespace lectern::shared
