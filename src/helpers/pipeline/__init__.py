"""What runs the chapters and builds the book. Chapters never import from here."""
