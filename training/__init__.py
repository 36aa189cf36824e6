"""Makes the shipped age networks from FairFace and the networks in `models/`; nothing of it runs for a user."""
