#include "event_file.h"

#include <cerrno>

#include <gtest/gtest.h>

#include "files.h"
#include "system_calls.h"
#include "temporary_directory.h"

namespace suar {
namespace {

using testing::pwrite_stand_in;
using testing::read_summaries;

Event text(const std::string& tag, std::string markdown, int64_t step) {
  return {1, step, std::vector<Summary>{{tag, Text{std::move(markdown)}, ""}}};
}

class EventFileTest : public ::testing::Test {
 protected:
  testing::RealSystemCallsAgain after_;
  testing::TemporaryDirectory directory_;
  std::vector<std::string> errors_;
  const std::function<void(const std::string&)> on_error_ = [this](const std::string& message) {
    errors_.push_back(message);
  };
};

TEST_F(EventFileTest, WritesTheMetadataOfATagAgainWhenTheEventThatHadItWasLost) {
  EventFile file(directory_.path(), std::nullopt, on_error_);
  ASSERT_TRUE(file.flush());
  pwrite_stand_in = [](int, const void*, size_t, off_t) { return testing::fail(ENOSPC); };
  file.append(text("fits", "x", 0));
  EXPECT_FALSE(file.flush());
  file.append(text("note", std::string(std::size_t{20} << 20, 'x'), 1));  // more than is held
  EXPECT_EQ(file.lost_events(), 1u);
  pwrite_stand_in = nullptr;
  file.append(text("note", "short", 2));
  EXPECT_TRUE(file.flush());
  const auto summaries = read_summaries(file.path());
  ASSERT_EQ(summaries.size(), 2u);
  ASSERT_TRUE(std::holds_alternative<Text>(summaries[1].summary.value)) << "its plugin is known";
  EXPECT_EQ(std::get<Text>(summaries[1].summary.value).markdown, "short");
}

TEST_F(EventFileTest, ReportsAnEventThatNoRecordHoldsAndKeepsTheMetadataOfItsTags) {
  EventFile file(directory_.path(), std::nullopt, on_error_, /*largest_record=*/1000);
  file.append(text("note", std::string(1000, 'x'), 7));
  EXPECT_EQ(file.lost_events(), 1u);
  ASSERT_EQ(errors_.size(), 1u);
  EXPECT_NE(errors_[0].find("step 7"), std::string::npos) << errors_[0];
  file.append(text("note", "short", 8));
  EXPECT_TRUE(file.flush());
  const auto summaries = read_summaries(file.path());
  ASSERT_EQ(summaries.size(), 1u);
  ASSERT_TRUE(std::holds_alternative<Text>(summaries[0].summary.value)) << "its plugin is known";
}

TEST_F(EventFileTest, MovesWhatIsBufferedWithItsMetadataWhenTheFileIsReplaced) {
  EventFile file(directory_.path(), std::nullopt, on_error_);
  Summary described{"loss", 1.0, "what is minimised"};
  file.append({1, 0, std::vector<Summary>{described, {"note", Text{"first"}, ""}}});
  ASSERT_TRUE(file.flush());
  file.append(text("note", "second", 1));
  file.append({1, 2, std::vector<Summary>{{"loss", 2.0, ""}, {"note", Text{"third"}, ""}}});
  file.append_scalar(1, 3, "plain", 1);
  std::filesystem::remove(file.path());
  file.replace_if_deleted();
  EXPECT_TRUE(file.flush());
  const auto summaries = read_summaries(file.path());
  ASSERT_EQ(summaries.size(), 4u);
  EXPECT_EQ(std::get<Text>(summaries[0].summary.value).markdown, "second");
  EXPECT_EQ(summaries[1].summary.description, "what is minimised");
  EXPECT_EQ(std::get<Text>(summaries[2].summary.value).markdown, "third");
  EXPECT_EQ(summaries[3].summary.tag, "plain");
  EXPECT_EQ(file.lost_events(), 0u);
}

TEST_F(EventFileTest, HasNoStartWhereTheRunHasAFileAndTwoWhereItGoesOnFromAStep) {
  const EventFile first(directory_.path(), std::nullopt, on_error_);
  const EventFile second(directory_.path(), std::nullopt, on_error_);
  const EventFile third(directory_.path(), 5, on_error_);
  EXPECT_EQ(first.buffered_events(), 2u);
  EXPECT_EQ(second.buffered_events(), 1u);
  EXPECT_EQ(third.buffered_events(), 3u);
}

TEST_F(EventFileTest, HasNoStartBesideAnEmptyFileWhoseWriterMayHaveJustBegun) {
  testing::write_file(directory_.path() / "events.out.tfevents.1500000000.host.1.0", "");
  const EventFile file(directory_.path(), std::nullopt, on_error_);
  EXPECT_EQ(file.buffered_events(), 1u);
}

}  // namespace
}  // namespace suar
