#include "api/code_word.hpp"

#include <algorithm>

namespace lectern::api {

std::string word(Code code) {
    std::string out(name(code));
    std::replace(out.begin(), out.end(), ' ', '_');
    return out;
}

}  // namespace lectern::api
