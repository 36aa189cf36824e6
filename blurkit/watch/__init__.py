"""Photos as they arrive in a folder: an inbox in, safe photos out, sorted by what a person still has to do."""
