#include "bounding_box.h"

#include "label_text.h"

namespace suar {
namespace {

constexpr Color kRed = {255, 0, 0};
constexpr Color kBlack = {0, 0, 0};
constexpr int kLine = 2;    // pixels
constexpr int kMargin = 2;  // around the label

}  // namespace

void draw_bounding_box(Pixels& pixels, const Rectangle& box, const std::string& label) {
  fill_rectangle(pixels, {box.left, box.top, box.right, box.top + kLine}, kRed);
  fill_rectangle(pixels, {box.left, box.bottom - kLine, box.right, box.bottom}, kRed);
  fill_rectangle(pixels, {box.left, box.top, box.left + kLine, box.bottom}, kRed);
  fill_rectangle(pixels, {box.right - kLine, box.top, box.right, box.bottom}, kRed);
  if (label.empty()) return;
  const int plate_top = box.bottom - kTextHeight - 2 * kMargin;
  fill_rectangle(
      pixels, {box.left, plate_top, box.left + text_width(label) + 2 * kMargin, box.bottom}, kRed);
  draw_text(pixels, box.left + kMargin, plate_top + kMargin, label, kBlack);
}

}  // namespace suar
