#include "engine/plugin_host/active_calls.hpp"

#include <dlfcn.h>
#include <execinfo.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <memory>
#include <mutex>
#include <new>
#include <utility>

namespace lectern::host {
namespace {

// One thread's place in the list of all.
struct Slot {
    std::mutex mutex;
    const CallMark* current = nullptr;
};

struct Slots {
    std::mutex mutex;
    std::vector<std::unique_ptr<Slot>> all;
    std::vector<std::string> libraries;  // of plugins
};

// Never destroyed: threads and exit handlers outlive what is.
Slots& slots() {
    static Slots& all = *new Slots;  // NOLINT(cppcoreguidelines-owning-memory)
    return all;
}

// A collection that is a static variable ends when this thread's other variables have: what is
// looked at then has no destructor.
constinit thread_local Slot* mine = nullptr;
constinit thread_local bool ended = false;

// Gives the thread's slot back when the thread ends.
struct SlotEnd {
    ~SlotEnd() {
        const std::lock_guard lock(slots().mutex);
        std::erase_if(slots().all, [](const auto& slot) { return slot.get() == mine; });
        mine = nullptr;
        ended = true;
    }
};

// nullptr when there is no memory for one, or the thread is ending: its calls are not listed then.
Slot* this_thread() noexcept {
    if (mine != nullptr || ended) return mine;
    try {
        static thread_local SlotEnd end;
        auto slot = std::make_unique<Slot>();
        const std::lock_guard lock(slots().mutex);
        mine = slots().all.emplace_back(std::move(slot)).get();
    } catch (const std::bad_alloc&) {
        return nullptr;
    }
    return mine;
}

void set_current(const CallMark* call) noexcept {
    Slot* slot = this_thread();
    if (slot == nullptr) return;
    const std::lock_guard lock(slot->mutex);
    slot->current = call;
}

// Beside the slot, for this thread alone.
constinit thread_local const CallMark* current = nullptr;

// Whether a function of a plugin stands in this thread's stack: a thread of the plugin's own may
// call exit too.
bool within_plugin() {
    std::array<void*, 64> frames{};
    const int count = ::backtrace(frames.data(), static_cast<int>(frames.size()));
    for (int i = 0; i < count; ++i) {
        Dl_info info{};
        if (::dladdr(frames.at(static_cast<std::size_t>(i)), &info) == 0 ||
            info.dli_fname == nullptr)
            continue;
        const auto& libraries = slots().libraries;
        if (std::find(libraries.begin(), libraries.end(), info.dli_fname) != libraries.end())
            return true;
    }
    return false;
}

void look_at_exit() {
    std::string who;
    if (const CallMark* call = current; call != nullptr)
        who = describe(call->plugin, call->stage) + " called exit() in its " +
              std::string(call->function);
    else if (within_plugin())
        who = "a thread of a plugin called exit()";
    else
        return;
    const std::string line =
        "lectern: " + who + ", which a plugin must not; what was going on has failed\n";
    if (::write(STDERR_FILENO, line.data(), line.size()) < 0) ::_exit(1);
    ::_exit(1);
}

}  // namespace

std::string describe(std::string_view plugin, std::string_view stage) {
    if (stage.empty()) return "plugin '" + std::string(plugin) + "'";
    return "stage '" + std::string(stage) + "' (plugin " + std::string(plugin) + ")";
}

CallMark::CallMark(std::string_view the_plugin, std::string_view the_stage,
                   std::string_view the_function, const Interrupt& the_interrupt) noexcept
    : plugin(the_plugin),
      stage(the_stage),
      function(the_function),
      interrupt(the_interrupt),
      outer(current) {
    set_current(this);
    current = this;
}

CallMark::~CallMark() {
    set_current(outer);
    current = outer;
}

namespace {

thread_local Status service_failure;

}  // namespace

void note_service_failure(const Status& failure) noexcept {
    try {
        service_failure = failure;
    } catch (const std::bad_alloc&) {
        service_failure = {};
    }
}

Status take_service_failure() noexcept {
    return std::exchange(service_failure, {});
}

std::vector<ActiveCall> active_calls() {
    std::vector<ActiveCall> out;
    const std::lock_guard all(slots().mutex);
    for (const auto& slot : slots().all) {
        const std::lock_guard lock(slot->mutex);
        if (const CallMark* call = slot->current; call != nullptr)
            out.push_back({std::string(call->plugin), std::string(call->stage),
                           std::string(call->function), call->begun, call->interrupt.deadline,
                           call->interrupt.stop, call->interrupt.maker});
    }
    return out;
}

void guard_exit(const std::string& library) {
    {
        const std::lock_guard lock(slots().mutex);
        slots().libraries.push_back(library);
    }
    // A registration that fails leaves the earlier ones.
    if (std::atexit(&look_at_exit) != 0 || std::at_quick_exit(&look_at_exit) != 0) return;
}

}  // namespace lectern::host
