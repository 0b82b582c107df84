// A plugin whose functions let exceptions out, which the ABI forbids.
#include <cstdlib>
#include <stdexcept>

#include "lectern/plugin.h"

namespace {

lectern_code init(const lectern_call*, const lectern_host*) {
#if defined(DEFECT_throw_init)
    throw std::runtime_error("thrown in init");
#endif
    return LECTERN_OK;
}

lectern_code create(const lectern_call*, const lectern_stage_config*, lectern_stage**) {
    throw std::runtime_error("thrown in create");
}

const lectern_stage_type type{
    sizeof(lectern_stage_type), LECTERN_CUSTOM, "thrower", "Throws", nullptr, create};
const lectern_stage_type* const types[] = {&type};

}  // namespace

extern "C" LECTERN_EXPORT const lectern_plugin lectern_plugin_entry = {sizeof(lectern_plugin),
                                                                       LECTERN_ABI_MAJOR,
                                                                       LECTERN_ABI_MINOR,
                                                                       "thrower",
                                                                       "1.0.0",
                                                                       "Throws",
                                                                       "Apache-2.0",
                                                                       init,
                                                                       nullptr,
                                                                       1,
                                                                       0,
                                                                       types};
