#include <tiles.pb.h>

#include <suar/tiles.h>
#include <suar/utf8.h>

namespace suar {
namespace {

constexpr char kPlugin[] = "suar_tiles";
constexpr int kMostTiles = 65536;

schema::Tiles::Verdict to_schema(TileVerdict verdict) {
  switch (verdict) {
    case TileVerdict::right:
      return schema::Tiles::RIGHT;
    case TileVerdict::wrong:
      return schema::Tiles::WRONG;
    default:
      return schema::Tiles::NOT_JUDGED;
  }
}

/// What is none that is known here counts as not judged.
TileVerdict from_schema(schema::Tiles::Verdict verdict) {
  switch (verdict) {
    case schema::Tiles::RIGHT:
      return TileVerdict::right;
    case schema::Tiles::WRONG:
      return TileVerdict::wrong;
    default:
      return TileVerdict::not_judged;
  }
}

}  // namespace

std::string tiles_tag(const std::string& tag) {
  return tag + "/tiles";
}

Summary make_tiles_summary(const std::string& tag, const Tiles& tiles) {
  schema::Tiles message;
  message.set_width(tiles.width);
  message.set_height(tiles.height);
  message.set_border(tiles.border);
  message.set_columns(tiles.columns);
  for (const TileCaption& caption : tiles.captions) {
    auto& added = *message.add_captions();
    added.set_predicted(to_utf8(caption.predicted));
    added.set_actual(to_utf8(caption.actual));
    added.set_probability(caption.probability);
    added.set_verdict(to_schema(caption.verdict));
  }
  TensorValue value;
  value.type = TensorType::string;
  value.strings = {message.SerializeAsString()};
  Summary summary{tiles_tag(tag), std::move(value)};
  summary.plugin = {kPlugin, "", DataClass::tensor};
  return summary;
}

std::optional<Tiles> parse_tiles(const Summary& summary) {
  const auto* value = std::get_if<TensorValue>(&summary.value);
  schema::Tiles message;
  if (summary.plugin.name != kPlugin || value == nullptr || value->strings.size() != 1 ||
      !message.ParseFromString(value->strings[0]) || message.width() < 1 || message.height() < 1 ||
      message.border() < 0 || message.columns() < 1 || message.captions_size() > kMostTiles) {
    return std::nullopt;
  }
  Tiles tiles{message.width(), message.height(), message.border(), message.columns(), {}};
  tiles.captions.reserve(static_cast<std::size_t>(message.captions_size()));
  for (const auto& caption : message.captions()) {
    tiles.captions.push_back({caption.predicted(), caption.actual(), caption.probability(),
                              from_schema(caption.verdict())});
  }
  return tiles;
}

}  // namespace suar
