"""Facts about pictures that several stages need."""
