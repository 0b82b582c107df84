// apps/server/work/process_figures.hpp: memory, time and descriptors of this process, by the names
// that Prometheus' clients use (https://prometheus.io/docs/instrumenting/writing_clientlibs/).
#pragma once

#include <vector>

#include "apps/server/work/metrics.hpp"

namespace lectern::server {

void add_process_figures(std::vector<Metrics::Gauge>& to);

}  // namespace lectern::server
