"""The words a user chooses from, on the command line and in TOML."""

from enum import StrEnum

PRESETS = ("children", "consent", "everyone", "cautious", "strict")
"""Policies that come with blurkit, `blurkit/policy/presets/<name>.toml`."""


class Children(StrEnum):
    """How old the children in the photos are, as a user knows it."""

    UP_TO_6 = "up-to-6"
    """Nursery."""
    UP_TO_11 = "up-to-11"
    """Primary school."""
    UP_TO_14 = "up-to-14"
    """Lower secondary school."""
    UP_TO_18 = "up-to-18"
    """Everybody under age."""


CHILDREN = {Children.UP_TO_6: 7, Children.UP_TO_11: 12, Children.UP_TO_14: 15, Children.UP_TO_18: 18}
"""The `child_age` that it means: anyone younger counts as a child."""

MAX_MEGAPIXELS = 200.0
"""Larger pictures are refused by default: a small file can unpack to gigabytes."""

LEAST_SIDE = 64
"""Least length in pixels that the longer side of outputs can be limited to."""


class Style(StrEnum):
    """How a cover is drawn."""

    SOLID = "solid"
    """One calm tone."""
    PIXELATE = "pixelate"
    """A mosaic in the photo's tones, made by chance."""
    SILHOUETTE = "silhouette"
    """Head and shoulders, as on a sign."""
    SMILEY = "smiley"
    """A simple drawn face, in one of several moods."""
    STICKER = "sticker"
    """A picture of the user's, such as the school's logo."""


class Shape(StrEnum):
    """Outline of a cover."""

    HEAD = "head"
    """Wider at the skull, narrower at the chin."""
    ELLIPSE = "ellipse"
    BOX = "box"


class Language(StrEnum):
    """A language of the review page."""

    EN = "en"
    DE = "de"
    FR = "fr"
    ES = "es"
    IT = "it"
    PL = "pl"
    NL = "nl"


class DetectorName(StrEnum):
    """A face detector."""

    MEDIAPIPE = "mediapipe"
    CENTERFACE = "centerface"


class ExecutorName(StrEnum):
    """Where photos are processed."""

    LOCAL = "local"
    """In processes of this machine."""
    DASK = "dask"
    """By the workers of a Dask cluster."""


class OutputFormat(StrEnum):
    """Format of the files written."""

    AUTO = "auto"
    """As the source; HEIC, HEIF and AVIF become JPEG, since websites refuse them."""
    JPEG = "jpeg"
    PNG = "png"
    SAME = "same"
    """As the source, HEIC, HEIF and AVIF too."""


PUBLISHED, PUBLISHED_SIDE = OutputFormat.JPEG, 1600
"""What `--publish` makes of photos: a format that every website takes, and their longest side in pixels."""

PUBLISHED_CLIP_SIDE = 1280
"""Longest side in pixels that `--publish` makes of clips."""


class ClipCodec(StrEnum):
    """How the pictures of clips are coded."""

    H264 = "h264"
    """What every player plays."""
    VP9 = "vp9"
    """An encoder under a free licence, which is not the GPL."""
    AV1 = "av1"
    """Likewise, and the smallest files."""
    SAME = "same"
    """As the source: H.264, HEVC, VP9 or AV1; all others become H.264."""


class OnUnknown(StrEnum):
    """What a face that cannot be judged does to the verdict; it is covered either way."""

    COVER = "cover"
    REVIEW = "review"


class Treatment(StrEnum):
    """What happens to words, codes and number plates in a photo."""

    COVER = "cover"
    WARN = "warn"
    """Left as they are; a person is asked to look."""
    IGNORE = "ignore"
