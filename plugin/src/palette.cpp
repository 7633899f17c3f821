#include "palette.h"

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <unordered_map>

namespace suar {
namespace {

using Color = std::array<uint8_t, 3>;
constexpr std::size_t kMostColors = 256;

Color color_at(const Pixels& pixels, std::size_t pixel) {
  const uint8_t* bytes = pixels.bytes.data() + pixel * static_cast<std::size_t>(pixels.channels);
  if (pixels.channels == 1) return {bytes[0], bytes[0], bytes[0]};
  return {bytes[0], bytes[1], bytes[2]};
}

/// The colours that differ in no more than their lowest three bits.
struct Cell {
  std::array<uint64_t, 3> sums{};
  uint64_t count = 0;
  double mean(std::size_t channel) const {
    return static_cast<double>(sums[channel]) / static_cast<double>(count);
  }
};

constexpr std::size_t kCells = 32 * 32 * 32;

std::size_t cell_of(const Color& color) {
  return static_cast<std::size_t>(color[0] >> 3) << 10 |
         static_cast<std::size_t>(color[1] >> 3) << 5 | static_cast<std::size_t>(color[2] >> 3);
}

/// Cells that will share a colour: a range of the list of used cells.
struct Box {
  std::size_t begin = 0;
  std::size_t end = 0;
  std::size_t widest_channel = 0;
  double width = 0;  ///< in that channel
  uint64_t count = 0;

  /// Boxes with much to gain are split first.
  double weight() const { return end - begin < 2 ? -1 : width * static_cast<double>(count); }
};

Box measure(const std::vector<Cell>& cells, std::size_t begin, std::size_t end) {
  Box box{begin, end};
  for (std::size_t channel = 0; channel < 3; ++channel) {
    double least = 255, greatest = 0;
    for (std::size_t i = begin; i < end; ++i) {
      least = std::min(least, cells[i].mean(channel));
      greatest = std::max(greatest, cells[i].mean(channel));
    }
    if (greatest - least > box.width) {
      box.width = greatest - least;
      box.widest_channel = channel;
    }
  }
  for (std::size_t i = begin; i < end; ++i) box.count += cells[i].count;
  return box;
}

/// Halves the pixels of a box, not its colours.
std::array<Box, 2> split(std::vector<Cell>& cells, const Box& box) {
  const auto at = [&](std::size_t i) { return cells.begin() + static_cast<std::ptrdiff_t>(i); };
  std::sort(at(box.begin), at(box.end), [&](const Cell& a, const Cell& b) {
    return a.mean(box.widest_channel) < b.mean(box.widest_channel);
  });
  std::size_t middle = box.begin + 1;
  for (uint64_t count = cells[box.begin].count;
       middle + 1 < box.end && count + cells[middle].count <= box.count / 2; ++middle) {
    count += cells[middle].count;
  }
  return {measure(cells, box.begin, middle), measure(cells, middle, box.end)};
}

IndexedPixels median_cut(const Pixels& pixels, std::size_t size) {
  std::vector<Cell> table(kCells);
  for (std::size_t i = 0; i < size; ++i) {
    const Color color = color_at(pixels, i);
    Cell& cell = table[cell_of(color)];
    ++cell.count;
    for (std::size_t channel = 0; channel < 3; ++channel) cell.sums[channel] += color[channel];
  }
  std::vector<Cell> cells;
  for (const Cell& cell : table) {
    if (cell.count > 0) cells.push_back(cell);
  }
  std::vector<Box> boxes = {measure(cells, 0, cells.size())};
  while (boxes.size() < kMostColors) {
    const auto heaviest =
        std::max_element(boxes.begin(), boxes.end(),
                         [](const Box& a, const Box& b) { return a.weight() < b.weight(); });
    if (heaviest->weight() < 0) break;
    const auto halves = split(cells, *heaviest);
    *heaviest = halves[0];
    boxes.push_back(halves[1]);
  }
  IndexedPixels result;
  std::vector<uint8_t> index_of_cell(kCells);
  for (const Box& box : boxes) {
    Cell all;
    for (std::size_t i = box.begin; i < box.end; ++i) {
      const Color color = {static_cast<uint8_t>(cells[i].mean(0)),
                           static_cast<uint8_t>(cells[i].mean(1)),
                           static_cast<uint8_t>(cells[i].mean(2))};
      index_of_cell[cell_of(color)] = static_cast<uint8_t>(result.colors.size());
      all.count += cells[i].count;
      for (std::size_t channel = 0; channel < 3; ++channel) {
        all.sums[channel] += cells[i].sums[channel];
      }
    }
    Color mean{};
    for (std::size_t channel = 0; channel < 3; ++channel) {
      mean[channel] = static_cast<uint8_t>(all.mean(channel) + 0.5);
    }
    result.colors.push_back(mean);
  }
  result.indices.reserve(size);
  for (std::size_t i = 0; i < size; ++i) {
    result.indices.push_back(index_of_cell[cell_of(color_at(pixels, i))]);
  }
  return result;
}

}  // namespace

IndexedPixels pick_colors(const Pixels& pixels) {
  const std::size_t size =
      static_cast<std::size_t>(pixels.width) * static_cast<std::size_t>(pixels.height);
  IndexedPixels result;
  result.indices.reserve(size);
  std::unordered_map<uint32_t, uint8_t> index_of;
  for (std::size_t i = 0; i < size; ++i) {
    const Color color = color_at(pixels, i);
    const uint32_t key = uint32_t{color[0]} << 16 | uint32_t{color[1]} << 8 | color[2];
    const auto found = index_of.find(key);
    if (found != index_of.end()) {
      result.indices.push_back(found->second);
      continue;
    }
    if (result.colors.size() == kMostColors) return median_cut(pixels, size);
    const auto index = static_cast<uint8_t>(result.colors.size());
    index_of.emplace(key, index);
    result.colors.push_back(color);
    result.indices.push_back(index);
  }
  return result;
}

}  // namespace suar
