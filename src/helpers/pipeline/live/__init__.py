"""The live book: pages that follow the values a reader sets."""
