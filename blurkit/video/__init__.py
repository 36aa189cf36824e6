"""The video stage: a clip in, a safe clip out."""
