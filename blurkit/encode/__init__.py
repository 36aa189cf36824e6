"""The encode stage: a covered photo in, the bytes of a file out."""

from blurkit.encode.whole import coding_words, encode, encode_keeping_blocks, output_format, prepare

__all__ = ["coding_words", "encode", "encode_keeping_blocks", "output_format", "prepare"]
