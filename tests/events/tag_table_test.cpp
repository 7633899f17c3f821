#include "tag_table.h"

#include <set>
#include <thread>

#include <gtest/gtest.h>

namespace suar {
namespace {

std::string tag(int i) {
  return std::string(static_cast<std::size_t>(i % 40), 'x') + std::to_string(i);
}

TEST(TagTable, KeepsOneCopyOfEveryTagWhileItGrows) {
  TagTable table;
  std::vector<const std::string*> first;
  for (int i = 0; i < 5000; ++i) first.push_back(table.intern(tag(i)));
  EXPECT_EQ(std::set<const std::string*>(first.begin(), first.end()).size(), first.size());
  for (int i = 0; i < 5000; ++i) {
    const auto* again = table.intern(tag(i));
    ASSERT_EQ(again, first[static_cast<std::size_t>(i)]);
    ASSERT_EQ(*again, tag(i));
  }
}

TEST(TagTable, KeepsTagsInUtf8AndFindsThemAsTheyWereGiven) {
  TagTable table;
  const auto* tag = table.intern("caf\xe9");
  EXPECT_EQ(*tag, "caf\xef\xbf\xbd");
  EXPECT_EQ(table.intern("caf\xe9"), tag);
}

TEST(TagTable, GivesAllThreadsTheSameCopies) {
  TagTable table;
  constexpr std::size_t kThreads = 4;
  std::vector<std::vector<const std::string*>> found(kThreads);
  std::vector<std::thread> threads;
  for (auto& mine : found) {
    threads.emplace_back([&table, &mine] {
      for (int i = 0; i < 2000; ++i) mine.push_back(table.intern(tag(i)));
    });
  }
  for (auto& thread : threads) thread.join();
  for (const auto& mine : found) EXPECT_EQ(mine, found[0]);
}

TEST(TagTable, TellsTagsApartThatDifferInAnyByte) {
  TagTable table;
  const std::string base(20, '\0');
  std::set<const std::string*> all{table.intern(base), table.intern("")};
  for (std::size_t i = 0; i < base.size(); ++i) {
    std::string other = base;
    other[i] = '\1';
    all.insert(table.intern(other));
    all.insert(table.intern(base.substr(0, i)));  // the empty one a second time
  }
  EXPECT_EQ(all.size(), 2 * base.size() + 1);
}

}  // namespace
}  // namespace suar
