#include "office/pages.hpp"

namespace lectern::office {

void Pages::text(std::string_view words) noexcept {
    if (words.find_first_not_of(" \t\r\n\f\v") == std::string_view::npos) return;
    in_block_ = true;
    something_on_page_ = true;
    just_asked_ = false;
}

void Pages::laid_out() noexcept {
    laid_out_ = true;
    if (just_asked_)
        just_asked_ = false;
    else
        turn();
}

void Pages::asked() noexcept {
    turn();
    just_asked_ = true;
}

void Pages::turn() noexcept {
    ++(in_block_ ? later_ : page_);
    something_on_page_ = false;
}

void Pages::end_block() noexcept {
    page_ += later_;
    later_ = 0;
    in_block_ = false;
}

}  // namespace lectern::office
