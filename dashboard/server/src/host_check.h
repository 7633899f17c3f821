#pragma once

#include <string>

namespace suar::dashboard {

/// True for an address that only this machine reaches: "127.0.0.1", "::1", "localhost".
bool is_loopback(const std::string& host);

/// Whether a request with this `Host` header may be answered by a server bound to `bound_host`.
///
/// A server on a loopback address answers only to names of this machine: otherwise a foreign page
/// could let its own name point here (DNS rebinding) and read the runs. A server that was bound to
/// another address was meant to be reached from elsewhere, under names that it does not know.
bool host_allowed(const std::string& host_header, const std::string& bound_host);

}  // namespace suar::dashboard
