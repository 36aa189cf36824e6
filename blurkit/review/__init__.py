"""The review page: a person looks at what would stay visible, corrects it, and only then photos are written."""
