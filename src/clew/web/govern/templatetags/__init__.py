"""What the templates of sign-in pages need."""
