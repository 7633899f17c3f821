#include "run_loader.h"

#include <cerrno>
#include <filesystem>
#include <random>
#include <string>

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "event_files.h"
#include "files.h"
#include "temporary_directory.h"

namespace {

std::filesystem::path broken_file;  ///< cannot be read by this program; none when empty

}  // namespace

extern "C" ssize_t pread(int descriptor, void* data, size_t size, off_t offset) {
  std::error_code error;
  const auto link = "/proc/self/fd/" + std::to_string(descriptor);
  if (!broken_file.empty() && std::filesystem::read_symlink(link, error) == broken_file) {
    errno = EIO;
    return -1;
  }
  return syscall(SYS_pread64, descriptor, data, size, offset);
}

namespace suar::dashboard {
namespace {

namespace fs = std::filesystem;
using suar::testing::append_to_file;
using suar::testing::event_bytes;
using suar::testing::scalar_event;
using suar::testing::start_event;
using suar::testing::write_event_file;

class RunLoaderTest : public ::testing::Test {
 protected:
  using Steps = std::vector<int64_t>;

  fs::path file(const std::string& name) const { return directory_.path() / name; }

  void poll(const std::vector<std::string>& files) {
    while (loader_.poll(files)) {
    }
  }

  Steps steps() const {
    return store_.read([](const Catalog& catalog) {
      Steps steps;
      const auto* entry = catalog.runs.at("run")->scalars().find("loss");
      if (entry == nullptr) return steps;
      entry->series.view().for_each_from(
          0, [&](std::size_t, const ScalarPoint& point) { steps.push_back(point.step); });
      return steps;
    });
  }

  uint64_t version() const {
    return store_.read([](const Catalog& catalog) { return catalog.version; });
  }

  uint64_t created() const {
    return store_.read([](const Catalog& catalog) { return catalog.runs.at("run")->created(); });
  }

  std::vector<Damage> damage(const std::string& name) const {
    return store_.read([&](const Catalog& catalog) {
      const auto& all = catalog.runs.at("run")->damage();
      const auto found = all.find(name);
      return found == all.end() ? std::vector<Damage>() : found->second.places;
    });
  }

  uint64_t damage_count() const {
    return store_.read(
        [](const Catalog& catalog) { return catalog.runs.at("run")->damage_count(); });
  }

  suar::testing::TemporaryDirectory directory_;
  Store store_{directory_.path().string()};
  RunLoader loader_{store_, "run", directory_.path()};
};

TEST_F(RunLoaderTest, FollowsAFileThatGrowsInTheMiddleOfARecord) {
  const auto first = event_bytes(directory_.path(), {scalar_event(0, "loss", 1)});
  const auto bytes = first + event_bytes(directory_.path(), {scalar_event(1, "loss", 2)});
  for (std::size_t size = 1; size <= bytes.size(); ++size) {
    append_to_file(file("a"), bytes.substr(size - 1, 1));
    poll({"a"});
    EXPECT_EQ(steps().size(), size == bytes.size() ? 2u : (size >= first.size() ? 1u : 0u));
  }
  EXPECT_TRUE(damage("a").empty());
}

TEST_F(RunLoaderTest, ChangesNothingWhenNothingIsNew) {
  write_event_file(file("a"), {scalar_event(0, "loss", 1)});
  poll({"a"});
  const auto before = version();
  poll({"a"});
  poll({"a"});
  EXPECT_EQ(version(), before);
}

TEST_F(RunLoaderTest, ShowsARunWhoseFileIsStillEmpty) {
  append_to_file(file("a"), "");
  poll({"a"});
  EXPECT_EQ(steps(), Steps({}));
}

TEST_F(RunLoaderTest, PutsFilesTogetherInTheOrderOfTheirNamesWheneverTheyCome) {
  write_event_file(file("b"), {scalar_event(2, "loss", 1), scalar_event(3, "loss", 1)});
  poll({"b"});
  write_event_file(file("a"), {scalar_event(0, "loss", 1), scalar_event(2, "loss", 0)});
  poll({"a", "b"});
  EXPECT_EQ(steps(), Steps({0, 2, 3}));
}

TEST_F(RunLoaderTest, HidesWhatAResumedTrainingDoesAgain) {
  write_event_file(file("a"), {start_event(0), scalar_event(0, "loss", 1),
                               scalar_event(5, "loss", 1), scalar_event(9, "loss", 1)});
  write_event_file(file("b"), {start_event(5)});
  poll({"a", "b"});
  EXPECT_EQ(steps(), Steps({0}));
}

TEST_F(RunLoaderTest, StartsOverWithAFileThatWasReplaced) {
  write_event_file(file("a"), {scalar_event(0, "loss", 1), scalar_event(1, "loss", 1)});
  poll({"a"});
  const auto before = version();
  write_event_file(file("new"), {scalar_event(7, "loss", 1)});
  fs::rename(file("new"), file("a"));
  poll({"a"});
  EXPECT_EQ(steps(), Steps({7}));
  EXPECT_GT(created(), before);
}

TEST_F(RunLoaderTest, StartsOverWithAFileThatBecameShorter) {
  write_event_file(file("a"), {scalar_event(0, "loss", 1), scalar_event(1, "loss", 1)});
  poll({"a"});
  fs::resize_file(file("a"), fs::file_size(file("a")) / 2);
  poll({"a"});
  EXPECT_EQ(steps(), Steps({0}));
}

TEST_F(RunLoaderTest, StartsOverWithAFileThatWasWrittenAnewInPlace) {
  for (const std::size_t added : {0, 5}) {
    write_event_file(file("a"), {scalar_event(0, "loss", 1), scalar_event(1, "loss", 1)});
    poll({"a"});
    ASSERT_EQ(steps(), Steps({0, 1}));
    const auto before = created();
    // As long as it was, or longer.
    std::vector<Event> events = {scalar_event(7, "loss", 1), scalar_event(8, "loss", 1)};
    Steps expected = {7, 8};
    for (std::size_t i = 0; i < added; ++i) {
      expected.push_back(9 + static_cast<int64_t>(i));
      events.push_back(scalar_event(expected.back(), "loss", 1));
    }
    write_event_file(file("a"), events);
    poll({"a"});
    EXPECT_EQ(steps(), expected);
    EXPECT_GT(created(), before);
    EXPECT_TRUE(damage("a").empty());
  }
}

TEST_F(RunLoaderTest, ForgetsWhatADeletedFileHeld) {
  write_event_file(file("a"), {scalar_event(0, "loss", 1)});
  write_event_file(file("b"), {scalar_event(1, "loss", 1)});
  poll({"a", "b"});
  fs::remove(file("b"));
  poll({"a", "b"});
  EXPECT_EQ(steps(), Steps({0}));
  poll({"a"});
  EXPECT_EQ(steps(), Steps({0}));
  EXPECT_TRUE(loader_.problems().empty());
}

TEST_F(RunLoaderTest, ReadsALargeFileInSeveralCommits) {
  std::vector<Event> events;
  for (int64_t step = 0; step < 20000; ++step) events.push_back(scalar_event(step, "loss", 1));
  write_event_file(file("a"), events);
  EXPECT_TRUE(loader_.poll({"a"}));
  EXPECT_LT(steps().size(), 20000u);
  poll({"a"});
  EXPECT_EQ(steps().size(), 20000u);
}

TEST_F(RunLoaderTest, ReportsDamageAndGoesOnBehindIt) {
  auto first = event_bytes(directory_.path(), {scalar_event(0, "loss", 1)});
  const auto second = event_bytes(directory_.path(), {scalar_event(1, "loss", 1)});
  first[first.size() - 8] = static_cast<char>(first[first.size() - 8] ^ 1);
  append_to_file(file("a"), first + second);
  poll({"a"});
  EXPECT_EQ(steps(), Steps({1}));
  ASSERT_EQ(damage("a").size(), 1u);
  EXPECT_EQ(damage("a")[0].offset, 0u);
  EXPECT_EQ(damage("a")[0].length, first.size());
}

TEST_F(RunLoaderTest, CountsDamageBehindThePlacesThatAreListed) {
  const auto good = event_bytes(directory_.path(), {scalar_event(0, "loss", 1)});
  for (int i = 0; i < 300; ++i) append_to_file(file("a"), "garbage" + good);
  poll({"a"});
  EXPECT_EQ(damage("a").size(), 100u);
  EXPECT_EQ(damage_count(), 300u);
  const auto before = version();
  append_to_file(file("a"), "garbage" + good);
  poll({"a"});
  EXPECT_EQ(damage_count(), 301u);
  EXPECT_GT(version(), before);
  poll({});
  EXPECT_EQ(damage_count(), 0u);
}

TEST_F(RunLoaderTest, SurvivesRandomBytes) {
  std::mt19937 random(1);
  std::string bytes(200000, '\0');
  for (char& byte : bytes) byte = static_cast<char>(random());
  append_to_file(file("a"), bytes);
  poll({"a"});
  EXPECT_EQ(steps(), Steps({}));
  EXPECT_FALSE(damage("a").empty());
  EXPECT_LE(damage("a").size(), 100u);
}

TEST_F(RunLoaderTest, HoldsNoFileOpenBetweenPolls) {
  std::vector<Event> events;
  for (int64_t step = 0; step < 20000; ++step) events.push_back(scalar_event(step, "loss", 1));
  write_event_file(file("a"), events);
  write_event_file(file("b"), {scalar_event(30000, "loss", 1)});
  EXPECT_TRUE(loader_.poll({"a", "b"})) << "there is more";
  EXPECT_EQ(suar::testing::descriptors_of(file("a")), 0);
  poll({"a", "b"});
  EXPECT_EQ(suar::testing::descriptors_of(file("a")), 0);
  EXPECT_EQ(suar::testing::descriptors_of(file("b")), 0);
  append_to_file(file("a"), event_bytes(directory_.path(), {scalar_event(20000, "loss", 1)}));
  poll({"a", "b"});
  EXPECT_EQ(steps().size(), 20002u);
}

TEST_F(RunLoaderTest, ReadsMoreFilesThanMayBeOpen) {
  const auto bytes = event_bytes(directory_.path(), {scalar_event(0, "loss", 1)});
  std::vector<std::string> files;
  for (int i = 100; i < 200; ++i) {
    files.push_back(std::to_string(i));
    append_to_file(file(files.back()), bytes);
  }
  struct rlimit before;
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &before), 0);
  struct rlimit few = before;
  few.rlim_cur = 50;
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &few), 0);
  poll(files);
  setrlimit(RLIMIT_NOFILE, &before);
  EXPECT_TRUE(loader_.problems().empty());
  EXPECT_EQ(loader_.offsets().size(), files.size());
}

TEST_F(RunLoaderTest, ReadsARecordWhoseBytesAreSeenLaterThanTheSizeOfTheFile) {
  const auto first = event_bytes(directory_.path(), {scalar_event(0, "loss", 1)});
  const auto second = event_bytes(directory_.path(), {scalar_event(1, "loss", 1)});
  append_to_file(file("a"), first + std::string(second.size(), '\0'));
  poll({"a"});
  EXPECT_EQ(steps(), Steps({0}));
  EXPECT_EQ(damage("a").size(), 1u);
  suar::testing::write_file(file("a"), first + second);
  poll({"a"});
  EXPECT_EQ(steps(), Steps({0, 1}));
  EXPECT_TRUE(damage("a").empty());
}

TEST_F(RunLoaderTest, IsNotHeldUpByAnEndlessSearch) {
  append_to_file(file("a"), std::string(std::size_t{20} << 20, '\0'));
  EXPECT_TRUE(loader_.poll({"a"}));
  EXPECT_LT(loader_.offsets().at("a"), uint64_t{10} << 20);
  poll({"a"});
  EXPECT_GT(loader_.offsets().at("a"), (uint64_t{20} << 20) - 12);
}

/// While it lives, reading a file fails in this process as on a broken disk.
class BrokenDisk {
 public:
  explicit BrokenDisk(const fs::path& path) { broken_file = path; }
  ~BrokenDisk() { broken_file.clear(); }
};

TEST_F(RunLoaderTest, NamesAFileThatItCannotReadAndGoesOnOnceItCan) {
  write_event_file(file("a"), {scalar_event(0, "loss", 1)});
  write_event_file(file("b"), {scalar_event(1, "loss", 1)});
  poll({"a", "b"});
  append_to_file(file("a"), event_bytes(directory_.path(), {scalar_event(1, "loss", 1)}));
  append_to_file(file("b"), event_bytes(directory_.path(), {scalar_event(2, "loss", 1)}));
  {
    const BrokenDisk broken(file("a"));
    for (int i = 0; i < 2; ++i) {
      poll({"a", "b"});
      EXPECT_EQ(steps(), Steps({0, 1, 2}));
      ASSERT_EQ(loader_.problems().size(), 1u);
      EXPECT_NE(loader_.problems()[0].find(file("a").string()), std::string::npos);
    }
  }
  poll({"a", "b"});
  EXPECT_TRUE(loader_.problems().empty());
  EXPECT_EQ(store_.read([](const Catalog& catalog) {
    return catalog.runs.at("run")->scalars().find("loss")->series.stored();
  }),
            4u);
}

TEST_F(RunLoaderTest, NamesAFileThatItCannotOpen) {
  fs::create_directory(file("a"));
  poll({"a"});
  ASSERT_EQ(loader_.problems().size(), 1u);
  EXPECT_NE(loader_.problems()[0].find(file("a").string()), std::string::npos);
}

}  // namespace
}  // namespace suar::dashboard
