"""The store of reads and their pictures, and the search of it."""
