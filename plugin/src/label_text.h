#pragma once

#include <string>

#include "drawing.h"

namespace suar {

constexpr int kTextHeight = 7;  ///< of a line, in pixels

/// The width of one line of text, in pixels: six a character.
int text_width(const std::string& text);

/// Draws one line of text with its upper left corner at (`left`, `top`). What is not printable
/// ASCII becomes "?"; what lies outside of the picture is left out.
void draw_text(Pixels& pixels, int left, int top, const std::string& text, const Color& color);

}  // namespace suar
