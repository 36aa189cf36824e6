"""The review page: photos in, the safe photos that a person has looked at and corrected out."""
