// apps/cli/thread_waits.hpp: how OpenMP's threads wait for each other.
#pragma once

namespace lectern::app {

// OpenMP's threads (FAISS, llama.cpp) spin while they wait: 300,000 rounds, as GNU's runtime has
// it. When other programs are busy, a spinning thread burns its share while the one it waits for
// has none. An answer on two cores, with twelve other programs busy: 1,000 rounds 13 s, 10,000
// rounds 19 s, none 11 s; but tokens/s on an idle machine: 1,000 rounds 108, 300,000 rounds 107,
// none 43, since waking a sleeper takes longer than most waits. The runtime reads its settings when
// it is loaded, before main: so, unless the user has decided, the program starts itself again with
// GOMP_SPINCOUNT=1000. Does nothing, and says nothing, where that is not possible; nor for commands
// that end at once, such as a search.
void let_waiting_threads_sleep_soon(char** argv);

}  // namespace lectern::app
