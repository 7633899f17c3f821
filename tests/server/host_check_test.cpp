#include "host_check.h"

#include <gtest/gtest.h>

namespace suar::dashboard {
namespace {

TEST(HostCheck, TakesTheNamesOfThisMachine) {
  for (const char* host : {"localhost", "localhost:6006", "LocalHost:1", "127.0.0.1:6006",
                           "127.1.2.3", "[::1]:6006", "[::1]"}) {
    EXPECT_TRUE(host_allowed(host, "127.0.0.1")) << host;
    EXPECT_TRUE(host_allowed(host, "::1")) << host;
    EXPECT_TRUE(host_allowed(host, "localhost")) << host;
  }
}

TEST(HostCheck, RefusesForeignNamesOnALoopbackAddress) {
  for (const char* host : {"", "evil.example", "evil.example:6006", "127.0.0.1.evil.example",
                           "localhost.evil.example", "[::1", "192.168.0.7", "[fe80::1]:6006"}) {
    EXPECT_FALSE(host_allowed(host, "127.0.0.1")) << host;
  }
}

TEST(HostCheck, TakesAnyNameWhenBoundToTheNetwork) {
  EXPECT_TRUE(host_allowed("workstation.lan:6006", "0.0.0.0"));
  EXPECT_TRUE(host_allowed("workstation.lan", "192.168.0.7"));
}

}  // namespace
}  // namespace suar::dashboard
