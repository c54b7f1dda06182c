"""Stories about the rows, on real database files."""
