#include "documents/html_tree.hpp"

#include <csetjmp>
#include <cstddef>
#include <cstdlib>
#include <string>

namespace lectern::documents {

// All blocks of one parse: a doubly linked list threaded through headers before each block.
class HtmlTree::Memory {
 public:
    explicit Memory(const HtmlLimits& limits)
        : limits_(limits), deadline_(std::chrono::steady_clock::now() + limits.time) {}
    Memory(const Memory&) = delete;
    Memory& operator=(const Memory&) = delete;
    ~Memory() {
        for (Header* block = first_; block != nullptr;) {
            Header* const next = block->next;
            std::free(block);  // NOLINT(cppcoreguidelines-no-malloc)
            block = next;
        }
    }

    // Parses, or returns nullptr with reason() set. No object with a destructor may live between
    // setjmp here and longjmp in leave().
    const GumboOutput* parse(const GumboOptions& options, const char* data, std::size_t size) {
        if (setjmp(before_) != 0) return nullptr;  // NOLINT(cert-err52-cpp)
        return gumbo_parse_with_options(&options, data, size);
    }

    [[noreturn]] void fail_for_reason() const {
        switch (reason_) {
            case Reason::cancelled: fail(LECTERN_CANCELLED, "cancelled");
            case Reason::late:
                fail(LECTERN_DEADLINE_EXCEEDED, "the HTML took longer than " +
                                                    std::to_string(limits_.time.count()) +
                                                    " ms to parse; is it nested without end?");
            case Reason::memory:
                fail(LECTERN_RESOURCE_EXHAUSTED, "the HTML needs more than " +
                                                     std::to_string(limits_.tree_bytes >> 20) +
                                                     " MiB to parse; split the page");
        }
        fail(LECTERN_INTERNAL, "the HTML parser gave no tree");
    }

    static void* allocate(void* self, std::size_t size) {
        return static_cast<Memory*>(self)->add(size);
    }
    static void release(void* self, void* block) { static_cast<Memory*>(self)->remove(block); }

 private:
    struct alignas(std::max_align_t) Header {
        Header* before;
        Header* next;
        std::size_t size;  // of the block, in bytes
    };
    enum class Reason { memory, late, cancelled };

    void* add(std::size_t size) {
        if ((++calls_ & 0x3FF) == 0) {
            if (limits_.cancelled && limits_.cancelled()) leave(Reason::cancelled);
            if (std::chrono::steady_clock::now() > deadline_) leave(Reason::late);
        }
        if (size > limits_.tree_bytes - used_) leave(Reason::memory);
        auto* block =
            static_cast<Header*>(std::malloc(sizeof(Header) + size));  // NOLINT(*-no-malloc)
        if (block == nullptr) leave(Reason::memory);
        *block = {nullptr, first_, size};
        if (first_ != nullptr) first_->before = block;
        first_ = block;
        used_ += size;
        return block + 1;
    }

    void remove(void* pointer) {
        if (pointer == nullptr) return;
        Header* const block = static_cast<Header*>(pointer) - 1;
        if (block->next != nullptr) block->next->before = block->before;
        (block->before != nullptr ? block->before->next : first_) = block->next;
        used_ -= block->size;
        std::free(block);  // NOLINT(*-no-malloc)
    }

    [[noreturn]] void leave(Reason reason) {
        reason_ = reason;
        std::longjmp(before_, 1);  // NOLINT(cert-err52-cpp)
    }

    const HtmlLimits& limits_;
    std::chrono::steady_clock::time_point deadline_;
    std::jmp_buf before_{};
    Header* first_ = nullptr;
    std::size_t used_ = 0;  // bytes
    std::uint64_t calls_ = 0;
    Reason reason_ = Reason::memory;
};

HtmlTree::HtmlTree(std::string_view utf8, const HtmlLimits& limits)
    : memory_(std::make_unique<Memory>(limits)) {
    GumboOptions options = kGumboDefaultOptions;
    options.allocator = &Memory::allocate;
    options.deallocator = &Memory::release;
    options.userdata = memory_.get();
    options.max_errors = 0;
    output_ = memory_->parse(options, utf8.data(), utf8.size());
    if (output_ == nullptr) memory_->fail_for_reason();
}

HtmlTree::~HtmlTree() = default;

}  // namespace lectern::documents
