"""The watch over a folder: photos in as they arrive, safe photos out, sorted by what a person still has to do."""
