#pragma once

// Which sanitizer this program is built with: GCC defines a macro, clang tells by a feature.

#if defined(__has_feature)
#define SUAR_HAS_FEATURE(feature) __has_feature(feature)
#else
#define SUAR_HAS_FEATURE(feature) 0
#endif

namespace suar::testing {

#if defined(__SANITIZE_ADDRESS__) || SUAR_HAS_FEATURE(address_sanitizer)
constexpr bool kAddressSanitizer = true;
#else
constexpr bool kAddressSanitizer = false;
#endif

#if defined(__SANITIZE_THREAD__) || SUAR_HAS_FEATURE(thread_sanitizer)
constexpr bool kThreadSanitizer = true;
#else
constexpr bool kThreadSanitizer = false;
#endif

}  // namespace suar::testing
