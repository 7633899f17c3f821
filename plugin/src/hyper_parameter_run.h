#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include <suar/hyper_parameters.h>

namespace suar {

/// Throws `suar::Error` when there are no hyper-parameters, a domain is of none of them or holds
/// values of another type, or `run_name` leads out of its directory.
void check_hyper_parameters(const HyperParameters& parameters, const HyperParameterDomains& domains,
                            const std::string& run_name);

/// What makes a run a finished row of the HParams page: columns (where there are domains), start,
/// end and metrics.
std::vector<Summary> make_hyper_parameter_row(const HyperParameters& parameters,
                                              const std::map<std::string, double>& metrics,
                                              const HyperParameterDomains& domains);

/// `run_name` below `directory`; when it is empty, a name from the time that is not there yet.
std::filesystem::path choose_row_directory(const std::filesystem::path& directory,
                                           const std::string& run_name);

}  // namespace suar
