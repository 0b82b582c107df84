// corpus/synonyms.hpp: words that mean the same, for corpus::ReadOptions.
#pragma once

#include "index/lexical/synonyms.hpp"
