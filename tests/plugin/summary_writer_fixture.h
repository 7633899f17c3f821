#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

#include <gtest/gtest.h>
#include <torch/torch.h>

#include <suar/summary_writer.h>

#include "files.h"
#include "temporary_directory.h"

namespace suar {

class SummaryWriterTest : public ::testing::Test {
 protected:
  SummaryWriterTest() { torch::manual_seed(1); }

  /// What the file holds.
  std::vector<testing::SteppedSummary> written() {
    writer_.flush();
    return testing::read_summaries(writer_.path());
  }

  /// The only summary in the file.
  Summary only_one(int64_t step) {
    const auto all = written();
    EXPECT_EQ(all.size(), 1u);
    EXPECT_EQ(all.at(0).step, step);
    return all.at(0).summary;
  }

  const std::filesystem::path& directory() const { return directory_.path(); }

  testing::TemporaryDirectory directory_;
  SummaryWriter writer_{directory_.path()};
};

}  // namespace suar
