// apps/lectern/thread_waits.hpp: how OpenMP's threads wait for each other.
#pragma once

namespace lectern::app {

// OpenMP's threads (FAISS, llama.cpp) spin while they wait. When other programs are busy, a
// spinning thread burns its share while the one it waits for has none: generation on two busy cores
// was measured ten times slower than with waits that sleep. The runtime reads its settings when it
// is loaded, before main: so, unless the user has decided, the program starts itself again with
// OMP_WAIT_POLICY=passive. Does nothing, and says nothing, where that is not possible.
void let_waiting_threads_sleep(char** argv);

}  // namespace lectern::app
