"""What templates may say of drafts."""
