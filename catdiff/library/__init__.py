"""What is built from the rest of the library, a topic a package."""
