#include "apps/lectern/thread_waits.hpp"

#include <unistd.h>

#include <cstdlib>

namespace lectern::app {

void let_waiting_threads_sleep(char** argv) {
    if (std::getenv("OMP_WAIT_POLICY") != nullptr || std::getenv("GOMP_SPINCOUNT") != nullptr)
        return;
    if (setenv("OMP_WAIT_POLICY", "passive", 0) != 0) return;
    execv("/proc/self/exe", argv);  // returns only when it fails
}

}  // namespace lectern::app
