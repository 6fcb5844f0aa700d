"""What the chapters of the book import: data, analysis, results, figures."""
