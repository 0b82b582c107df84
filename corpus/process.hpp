// corpus/process.hpp: what concerns the process and not one corpus: memory that goes back to the
// system, and the places where a test can let the process die.
#pragma once

#include "storage/store/give_back.hpp"
#include "storage/store/kill_point.hpp"
