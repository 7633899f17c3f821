"""Reads event files and PNGs with nothing but Python's standard library: an independent check of what the C++ side writes.

Only what TensorBoard documents of the formats is used here, none of the project's code.
"""

import struct
import zlib


def _make_crc_table():
    table = []
    for byte in range(256):
        crc = byte
        for _ in range(8):
            crc = (crc >> 1) ^ (0x82F63B78 if crc & 1 else 0)
        table.append(crc)
    return table


_CRC_TABLE = _make_crc_table()


def masked_crc32c(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc = (crc >> 8) ^ _CRC_TABLE[(crc ^ byte) & 0xFF]
    crc ^= 0xFFFFFFFF
    return (((crc >> 15) | (crc << 17)) + 0xA282EAD8) & 0xFFFFFFFF


def read_records(path):
    """The data of each record; raises AssertionError for a wrong checksum or a record that is not whole."""
    with open(path, "rb") as file:
        data = file.read()
    position = 0
    while position < len(data):
        (length,) = struct.unpack_from("<Q", data, position)
        (length_crc,) = struct.unpack_from("<I", data, position + 8)
        assert length_crc == masked_crc32c(data[position : position + 8]), "length checksum"
        payload = data[position + 12 : position + 12 + length]
        (payload_crc,) = struct.unpack_from("<I", data, position + 12 + length)
        assert payload_crc == masked_crc32c(payload), "data checksum"
        yield payload
        position += 16 + length


def fields(message):
    """(field number, value) of each field of a protobuf message; numbers of fixed size stay bytes."""
    position = 0

    def varint():
        nonlocal position
        value = shift = 0
        while True:
            byte = message[position]
            position += 1
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value

    while position < len(message):
        key = varint()
        kind = key & 7
        if kind == 0:
            yield key >> 3, varint()
        else:
            size = {1: 8, 5: 4}.get(kind)
            if kind == 2:
                size = varint()
            yield key >> 3, message[position : position + size]
            position += size


def field(message, number, default=None):
    values = [value for found, value in fields(message) if found == number]
    return values[-1] if values else default


def read_histogram(message):
    numbers = {n: struct.unpack("<d", v)[0] for n, v in fields(message) if n <= 5}
    limits, counts = field(message, 6, b""), field(message, 7, b"")
    return {
        "min": numbers.get(1, 0.0),
        "max": numbers.get(2, 0.0),
        "count": numbers.get(3, 0.0),
        "sum": numbers.get(4, 0.0),
        "sum_squares": numbers.get(5, 0.0),
        "limits": struct.unpack(f"<{len(limits) // 8}d", limits),
        "counts": struct.unpack(f"<{len(counts) // 8}d", counts),
    }


def read_value(message, plugins):
    """(kind, value) of a summary value. Its plugin stands only at the first value of a tag."""
    metadata = field(message, 9, b"")
    plugin = plugins.setdefault(field(message, 1), field(field(metadata, 1, b""), 1, b"").decode())
    for number, value in fields(message):
        if number == 2:
            return "scalar", struct.unpack("<f", value)[0]
        if number == 5:
            return "histogram", read_histogram(value)
        if number == 4:
            return "image", {
                "height": field(value, 1),
                "width": field(value, 2),
                "channels": field(value, 3),
                "png": field(value, 4),
            }
        if number == 8:
            content = field(value, 8, b"")
            return ("text", content.decode()) if plugin == "text" else ("tensor", content)
    return "nothing", None


def read_graph(message):
    nodes = []
    for number, node in fields(message):
        if number == 1:
            nodes.append({
                "name": field(node, 1).decode(),
                "op": field(node, 2).decode(),
                "inputs": [value.decode() for n, value in fields(node) if n == 3],
                "strings": {field(attribute, 1).decode(): field(field(attribute, 2), 2, b"").decode()
                            for n, attribute in fields(node) if n == 5},
            })
    return nodes


def read_events(path):
    """Each event as a dictionary: wall_time, step and one of version, session, graph, values."""
    plugins = {}
    for record in read_records(path):
        event = {"wall_time": struct.unpack("<d", field(record, 1, bytes(8)))[0],
                 "step": field(record, 2, 0)}
        for number, value in fields(record):
            if number == 3:
                event["version"] = value.decode()
            elif number == 4:
                event["graph"] = read_graph(value)
            elif number == 7:
                event["session"] = field(value, 1)
            elif number == 5:
                event["values"] = [(field(v, 1).decode(), *read_value(v, plugins))
                                   for n, v in fields(value) if n == 1]
        yield event


def decode_png(png):
    """(width, height, channels, rows of pixels) of an 8-bit PNG; raises AssertionError when it is damaged."""
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    position, data, header = 8, b"", None
    while position < len(png):
        (size,) = struct.unpack_from(">I", png, position)
        kind, content = png[position + 4 : position + 8], png[position + 8 : position + 8 + size]
        (crc,) = struct.unpack_from(">I", png, position + 8 + size)
        assert crc == zlib.crc32(kind + content)
        if kind == b"IHDR":
            header = struct.unpack(">IIBBBBB", content)
        elif kind == b"IDAT":
            data += content
        position += 12 + size
    width, height, depth, colour, _, _, interlaced = header
    assert depth == 8 and interlaced == 0
    channels = {0: 1, 2: 3, 4: 2, 6: 4}[colour]
    rows = zlib.decompress(data)
    assert len(rows) == height * (1 + width * channels)
    return width, height, channels, rows
