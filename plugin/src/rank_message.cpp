#include "rank_message.h"

#include <cstring>
#include <string_view>
#include <type_traits>
#include <utility>

#include <suar/error.h>

#include "default_buckets.h"

namespace suar {
namespace {

/// Of 1550 buckets most are empty: only the others travel.
struct FilledBucket {
  uint64_t index, count;
};

class Encoder {
 public:
  template <class Value>
  void add(const Value& value) {
    static_assert(std::is_trivially_copyable_v<Value>);
    bytes_.append(reinterpret_cast<const char*>(&value), sizeof value);
  }

  void add(const std::string& text) {
    add(uint64_t{text.size()});
    bytes_ += text;
  }

  template <class Element>
  void add(const std::vector<Element>& elements) {
    add(uint64_t{elements.size()});
    for (const Element& element : elements) add(element);
  }

  void add(const RankScalar& scalar) {
    add(scalar.tag);
    add(scalar.step);
    add(scalar.value);
    add(scalar.across);
    add(scalar.weight);
    add(scalar.meaning);
    add(scalar.model);
    add(scalar.validation);
  }

  void add(const RankCounts& counts) {
    add(counts.tag);
    add(counts.step);
    add(counts.counts);
  }

  void add(const RankLog& logged) {
    add(logged.scalars);
    add(logged.counts);
  }

  void add(const NumberStatistics& statistics) {
    for (const uint64_t count : {statistics.finite, statistics.nan, statistics.positive_infinity,
                                 statistics.negative_infinity, statistics.zeros}) {
      add(count);
    }
    for (const double value : {statistics.min, statistics.max, statistics.sum,
                               statistics.sum_squares, statistics.sum_abs}) {
      add(value);
    }
    std::vector<FilledBucket> filled;
    for (std::size_t i = 0; i < statistics.buckets.size(); ++i) {
      if (statistics.buckets[i] > 0) filled.push_back({i, statistics.buckets[i]});
    }
    add(filled);
  }

  void add(const std::optional<NumberStatistics>& statistics) {
    add(uint8_t{statistics.has_value()});
    if (statistics) add(*statistics);
  }

  void add(const GradientNumbers& gradient) {
    add(gradient.ranks);
    if (gradient.ranks == 0) return;
    add(gradient.numbers);
    add(gradient.dead_units);
  }

  void add(const ActivationNumbers& activation) {
    add(activation.name);
    add(activation.values);
    add(activation.gradient);
  }

  std::string take() { return std::move(bytes_); }

 private:
  std::string bytes_;
};

class Decoder {
 public:
  explicit Decoder(std::string_view bytes) : bytes_(bytes) {}

  template <class Value>
  void read(Value& value) {
    static_assert(std::is_trivially_copyable_v<Value>);
    std::memcpy(&value, take(sizeof value).data(), sizeof value);
  }

  void read(std::string& text) {
    uint64_t size = 0;
    read(size);
    text = take(size);
  }

  template <class Element>
  void read(std::vector<Element>& elements) {
    uint64_t size = 0;
    read(size);
    if (size > bytes_.size()) throw_broken();  // no element is smaller than a byte
    elements.resize(size);
    for (Element& element : elements) read(element);
  }

  void read(RankScalar& scalar) {
    read(scalar.tag);
    read(scalar.step);
    read(scalar.value);
    read(scalar.across);
    read(scalar.weight);
    read(scalar.meaning);
    read(scalar.model);
    read(scalar.validation);
  }

  void read(RankCounts& counts) {
    read(counts.tag);
    read(counts.step);
    read(counts.counts);
  }

  void read(RankLog& logged) {
    read(logged.scalars);
    read(logged.counts);
  }

  void read(NumberStatistics& statistics) {
    for (uint64_t* count : {&statistics.finite, &statistics.nan, &statistics.positive_infinity,
                            &statistics.negative_infinity, &statistics.zeros}) {
      read(*count);
    }
    for (double* value : {&statistics.min, &statistics.max, &statistics.sum,
                          &statistics.sum_squares, &statistics.sum_abs}) {
      read(*value);
    }
    std::vector<FilledBucket> filled;
    read(filled);
    statistics.buckets.assign(default_bucket_edges().size() + 1, 0);
    for (const FilledBucket& bucket : filled) {
      if (bucket.index >= statistics.buckets.size()) throw_broken();
      statistics.buckets[bucket.index] = bucket.count;
    }
  }

  void read(std::optional<NumberStatistics>& statistics) {
    uint8_t there = 0;
    read(there);
    if (there != 0) read(statistics.emplace());
  }

  void read(GradientNumbers& gradient) {
    read(gradient.ranks);
    if (gradient.ranks == 0) return;
    read(gradient.numbers);
    read(gradient.dead_units);
  }

  void read(ActivationNumbers& activation) {
    read(activation.name);
    read(activation.values);
    read(activation.gradient);
  }

  void finish() const {
    if (!bytes_.empty()) throw_broken();
  }

 private:
  std::string_view take(uint64_t size) {
    if (size > bytes_.size()) throw_broken();
    const std::string_view taken = bytes_.substr(0, size);
    bytes_.remove_prefix(size);
    return taken;
  }

  [[noreturn]] static void throw_broken() {
    throw Error(
        "What came from another rank is not what this program sends: run the same build "
        "of it on every rank.");
  }

  std::string_view bytes_;
};

}  // namespace

std::string encode(const RankNumbers& numbers) {
  Encoder encoder;
  encoder.add(numbers.moment);
  encoder.add(numbers.scalars);
  encoder.add(numbers.logged);
  encoder.add(numbers.gradients);
  encoder.add(numbers.activations);
  return encoder.take();
}

RankNumbers decode_rank_numbers(const std::string& bytes) {
  Decoder decoder(bytes);
  RankNumbers numbers;
  decoder.read(numbers.moment);
  decoder.read(numbers.scalars);
  decoder.read(numbers.logged);
  decoder.read(numbers.gradients);
  decoder.read(numbers.activations);
  decoder.finish();
  return numbers;
}

std::string encode(const std::vector<std::string>& settings) {
  Encoder encoder;
  encoder.add(settings);
  return encoder.take();
}

std::vector<std::string> decode_settings(const std::string& bytes) {
  Decoder decoder(bytes);
  std::vector<std::string> settings;
  decoder.read(settings);
  decoder.finish();
  return settings;
}

}  // namespace suar
