"""A local privacy tool for group photos: finds faces, decides which look like children, covers them for good."""
