"""What must be found in an EXIF block, an XMP packet and a colour profile made by `photos`."""

from blurkit.metadata import Kind
from tests.metadata.photos import PLANTED, profile

XMP = b"http://ns.adobe.com/xap/1.0/\0"
EXIF_KINDS = {Kind.EXIF, Kind.GPS, Kind.SERIAL_NUMBER, Kind.MAKER_NOTE, Kind.TEXT, Kind.THUMBNAIL, Kind.PREVIEW}
XMP_KINDS = {Kind.XMP, Kind.GPS, Kind.SERIAL_NUMBER, Kind.TEXT, Kind.THUMBNAIL}
SECRET_PROFILE = profile("PLANTED-7f3a's display", (b"mmod", b"mmod" + bytes(4) + PLANTED + bytes(4)))
