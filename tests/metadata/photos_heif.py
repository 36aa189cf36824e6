"""HEIC files put together item by item."""

import struct

from tests.metadata.photos import box, encode


def full(kind, payload, version=0, flags=0):
    """Return an ISO box with version and flags."""
    return box(kind, struct.pack(">I", version << 24 | flags) + payload)


def heif(items, references=(), *, base=None, before=b"", after=b"", meta=b"", unused=b"", rare=False):
    """Return a HEIF file of the given items, the first of which is the picture.

    An item is (type, content, properties, name, content type); a property is a whole box. A rare file has wide
    numbers everywhere, and keeps its first item in the description of the picture.
    """
    base = encode("HEIF") if base is None else base
    ftyp = base[: struct.unpack(">I", base[:4])[0]]
    properties = list(dict.fromkeys(p for item in items for p in item[2]))
    number = (lambda value: struct.pack(">I", value)) if rare else (lambda value: struct.pack(">H", value))
    version = int(rare)
    names, owners, links = [], [], []
    for i, (kind, _, own, name, content_type) in enumerate(items, 1):
        words = name + b"\0" + (content_type + b"\0" if content_type else b"")
        names.append(full(b"infe", number(i) + bytes(2) + kind + words, 2 + version))
        indices = [struct.pack(">H", properties.index(p) + 1) for p in own]
        owners.append(number(i) + bytes((len(own),)) + b"".join(indices))
    for kind, source, targets in references:
        ids = b"".join(map(number, targets))
        links.append(box(kind, number(source) + struct.pack(">H", len(targets)) + ids))
    outside = items[1:] if rare else items

    def described(start):
        places = []
        for i, item in enumerate(items, 1):
            if rare:
                is_inside = item not in outside
                places.append(
                    struct.pack(">IHHQHIQQ", i, is_inside, 0, 0 if is_inside else start, 1, 0, 0, len(item[1]))
                )
            else:
                places.append(struct.pack(">HHHII", i, 0, 1, start, len(item[1])))
            start += len(item[1]) if item in outside else 0
        sizes = b"\x88\x84" if rare else b"\x44\0"
        associations = full(b"ipma", struct.pack(">I", len(items)) + b"".join(owners), version, 1)
        return full(
            b"meta",
            full(b"hdlr", bytes(4) + b"pict" + bytes(13))
            + full(b"pitm", number(1), version)
            + full(b"iinf", number(len(items)) + b"".join(names), version)
            + full(b"iref", b"".join(links), version)
            + box(b"iprp", box(b"ipco", b"".join(properties)) + associations)
            + full(b"iloc", sizes + number(len(items)) + b"".join(places), 2 * version)
            + (box(b"idat", items[0][1]) if rare else b"")
            + meta,
        )

    content = b"".join(item[1] for item in outside) + unused
    head = (
        struct.pack(">I4sQ", 1, b"mdat", 16 + len(content)) if rare else struct.pack(">I4s", 8 + len(content), b"mdat")
    )
    start = len(ftyp) + len(before) + len(described(0)) + len(head)
    return ftyp + before + described(start) + head + content + after


def coded(seed=1, size=(96, 64)):
    """Return the coded bytes of a HEIC picture, and its properties."""
    data = encode("HEIF", seed=seed, size=size)
    properties = []
    for kind in (b"hvcC", b"colr", b"ispe", b"pixi"):
        at = data.index(kind) - 4
        properties.append(data[at : at + struct.unpack(">I", data[at : at + 4])[0]])
    return data[data.index(b"mdat") + 4 :], tuple(properties)
