#pragma once

#include <string>

namespace suar::graph_export {

/// The message of an error in a run of TorchScript, for people: LibTorch's begins with the script's
/// call stack, twice. Here the cause comes first, then where in the user's code it was, or in the
/// code of the file where the user's is not known. Another message stays as it is. What can be done
/// is added where that is known.
std::string explain_script_error(const std::string& message);

}  // namespace suar::graph_export
