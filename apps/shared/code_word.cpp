#include "apps/shared/code_word.hpp"

#include <algorithm>

namespace lectern::app {

std::string word(Code code) {
    std::string out(name(code));
    std::replace(out.begin(), out.end(), ' ', '_');
    return out;
}

}  // namespace lectern::app
